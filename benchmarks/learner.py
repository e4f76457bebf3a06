"""A learner without a browser: Streamlit's own protocol over its websocket, as the front end speaks it.

Measured beside Chromium: a changed dim is one `rerun_script` with the page's hash, the query string, the hashes of
cached messages, and the state of every widget; the controls send all their texts as JSON. The reply is a list of
messages that ends with `script_finished`.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from explainers.core.registry import find_explainer
from workers.messages import CANT_START, SENTENCES

_FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
# How the pool's own sentences begin, by which a refusal is told from a lesson.
_OURS = (CANT_START, *(sentence.split("{")[0] for kind, sentence in SENTENCES.items() if kind != "bad_request"))


class ReplyError(Exception):
    """The page came without its sentence; the text says what came instead."""


@dataclass
class Reply:
    """One run of the script. seconds: from the message to its end. bytes: over the websocket, one way."""

    seconds: float = 0.0
    bytes: int = 0
    elements: list[Element] = field(default_factory=list)
    clock: tuple[str, float] | None = None  # the fragment that asked to be run again, every so many seconds
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)  # place on the page -> Markdown

    @property
    def told(self) -> str:
        """The lesson's sentence: the first text of the page."""
        return self.texts[min(self.texts)] if self.texts else ""

    def alerts(self) -> list[str]:
        """The texts in coloured boxes."""
        return [element.alert.body for element in self.elements if element.WhichOneof("type") == "alert"]


class Learner:
    """One browser tab. Use it as ``async with Learner(url) as learner``."""

    def __init__(self, url: str) -> None:
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._url = url
        self._socket: ClientConnection
        self._page = ""
        self._page_hash = ""
        self._query = ""
        self._widgets: dict[str, str] = {}  # the end of an id, which is the widget's key -> the id
        self._fragments: dict[str, str] = {}  # the widget's key -> the fragment it stands in
        self._cached: dict[str, ForwardMsg] = {}
        self._kept_states: dict[str, WidgetState] = {}
        self.values: dict[str, str] = {}
        self.fields: list[dict[str, Any]] = []
        self.clock: tuple[str, float] | None = None  # the fragment that wants to be run again, and how often
        self.arriving = Reply()  # what is there already of the reply that is waited for; afterwards, the last one

    async def __aenter__(self) -> Learner:
        self._socket = await connect(
            self._address,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=60,
            ping_timeout=None,
        )
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._socket.close()

    # -- what a learner does ---------------------------------------------------------------------------------

    async def open(self, page: str, query: str = "") -> Reply:
        """Open the page of a lesson."""
        return self._checked(await self.open_page(page, query))

    async def open_page(self, page: str, query: str = "") -> Reply:
        """Open any page."""
        self._page, self._query, self._page_hash = page, query, ""
        self._widgets, self.values = {}, {}
        return await self._run([])

    async def change(self, dim: str, text: str) -> Reply:
        """Change one dim in the controls."""
        self.values = {**self.values, dim: text}
        reply = self._checked(await self._run([]))
        if f"{dim}={text}" not in self._query and self._default(dim) != text:
            raise ReplyError(f"{dim}={text} is not in the link {self._query!r}")
        return reply

    async def see(self, section: str) -> Reply:
        """Scroll to a part of the page that is drawn only while it is on screen, and stay there."""
        key = f"on-screen:{section}:{self._page}"
        self.keep(WidgetState(id=self._widgets[key], json_value=json.dumps({"on": True})))
        return await self._run([], fragment=self._fragments[key])

    async def press(self, key: str) -> Reply:
        """Press a button."""
        return await self._run([WidgetState(id=self._widgets[key], trigger_value=True)])

    async def look(self) -> Reply:
        """Run the fragment again that asked for it."""
        assert self.clock is not None
        return await self._run([], fragment=self.clock[0])

    async def post(self, state: WidgetState) -> Reply:
        """Send a state that is not the page's own."""
        return await self._run([state])

    def keep(self, state: WidgetState) -> None:
        """Send this state of a widget with every message from now on, as a browser does with what was typed."""
        self._kept_states[state.id] = state

    async def say(self) -> None:
        """Send the state of the page, and don't wait for the reply: `listen` does."""
        await self._send([])

    async def listen(self) -> Reply:
        """The next whole reply."""
        return self._checked(await self._listen())

    def id_of(self, key: str) -> str:
        """The id of the widget with this key, as the page has named it."""
        return self._widgets[key]

    def has(self, section: str) -> bool:
        """Whether the page has such a part, drawn or not."""
        return f"on-screen:{section}:{self._page}" in self._widgets

    @property
    def query(self) -> str:
        """What stands behind the question mark of the address."""
        return self._query

    # -- the protocol ----------------------------------------------------------------------------------------

    async def _run(self, pressed: list[WidgetState], fragment: str = "") -> Reply:
        began = time.perf_counter()
        await self._send(pressed, fragment)
        reply = await self._listen()
        reply.seconds = time.perf_counter() - began
        return reply

    async def _send(self, pressed: list[WidgetState], fragment: str = "") -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_name, rerun.page_script_hash = self._query, self._page, self._page_hash
        rerun.fragment_id, rerun.is_auto_rerun = fragment, bool(fragment)
        rerun.cached_message_hashes.extend(self._cached)
        rerun.context_info.url, rerun.context_info.color_scheme = f"{self._url}/{self._page}", "light"
        rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en-US"
        own = [state for state in self._states() if state.id not in {each.id for each in pressed}]
        rerun.widget_states.widgets.extend([*own, *pressed])
        await self._socket.send(message.SerializeToString())

    def _states(self) -> list[WidgetState]:
        """What every browser sends with each message: the state of the controls."""
        controls = self._widgets.get(f"controls:{self._page}")
        own = [WidgetState(id=controls, json_value=json.dumps({"values": self.values}))] if controls else []
        return [*own, *self._kept_states.values()]

    async def _listen(self) -> Reply:
        reply = self.arriving = Reply()
        while True:
            data = await self._socket.recv()
            assert isinstance(data, bytes)
            reply.bytes += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                message = _with_path(self._cached[message.ref_hash], message)
                kind = "delta"
            elif message.metadata.cacheable:
                self._cached[message.hash] = message
            if kind == "script_finished" and message.script_finished in _FINISHED:
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY or reply.clock:
                    self.clock = reply.clock  # a run of the whole page asks for it again, or for none
                return reply
            self._note(kind or "", message, reply)

    def _note(self, kind: str, message: ForwardMsg, reply: Reply) -> None:
        if kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            reply.clock = (message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta, list(message.metadata.delta_path), reply)

    def _element(self, delta: Delta, path: list[int], reply: Reply) -> None:
        element = delta.new_element
        reply.elements.append(element)
        kind = element.WhichOneof("type") or ""
        inner = getattr(element, kind) if kind else None
        if id := getattr(inner, "id", ""):
            self._widgets[id.split("-", 2)[-1]] = id
            self._fragments[id.split("-", 2)[-1]] = delta.fragment_id
        if kind == "bidi_component" and element.bidi_component.component_name.endswith("controls"):
            data = json.loads(element.bidi_component.json)[0]
            self.fields = data["fields"]
            self.values = {**data["kept"], **{each["name"]: each["text"] for each in self.fields}}
        if kind == "markdown" and path[0] == 0:
            reply.texts[tuple(path)] = element.markdown.body

    def _default(self, dim: str) -> str:
        """What the link leaves out; asked of the lesson, as the page doesn't send a dim that is of no use just now."""
        specs = find_explainer(self._page).dims.specs()
        return next((str(spec.default) for spec in specs if spec.name == dim), "")

    def _checked(self, reply: Reply) -> Reply:
        """The reply if it is one; ReplyError where the script failed or the pool had to say no."""
        broken = [element for element in reply.elements if element.WhichOneof("type") == "exception"]
        if broken:
            raise ReplyError(f"the page failed: {broken[0].exception.message[:200]}")
        refused = [text for text in reply.alerts() if text.startswith(_OURS)]
        if refused:
            raise ReplyError(refused[0])
        if not reply.told:
            raise ReplyError(f"no reply on the page; its boxes say {reply.alerts()}")
        return reply


def _with_path(kept: ForwardMsg, reference: ForwardMsg) -> ForwardMsg:
    """A message that the server did not send again, at the place where it belongs now."""
    message = ForwardMsg()
    message.CopyFrom(kept)
    message.metadata.CopyFrom(reference.metadata)
    return message
