"""deploy/: each file against its schema, and what the schemas can't say: the same names, ports, limits everywhere."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from scripts.debian import program
from scripts.image_test import IMAGE
from scripts.replicas_test import NGINX, on_loopback, upstream
from shell.health import ALIVE
from shell.probe import READY

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
KINDS = {
    "deployment": "Deployment",
    "service": "Service",
    "ingress": "Ingress",
    "autoscaler": "HorizontalPodAutoscaler",
    "disruption-budget": "PodDisruptionBudget",
    "network-policy": "NetworkPolicy",
}
STORE = "SHAPE_EXPLAINER_STORE"
FILES_OF_A_TAB = 4  # measured: docs/DEPLOYMENT.md
VERSIONS = ("1.30", "1.37")  # the oldest that these files are written for, and the newest that has a schema here


def manifest(name: str) -> dict[str, Any]:
    """One file of deploy/kubernetes as plain data."""
    return yaml.safe_load((KUBERNETES / f"{name}.yaml").read_text(encoding="utf-8"))


def compose() -> dict[str, Any]:
    """deploy/compose.yaml as plain data."""
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def dockerfile() -> str:
    """The Dockerfile's text, with lines that go on joined."""
    return (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


# --- Kubernetes


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", KINDS)
def test_each_manifest_is_what_kubernetes_expects(name: str, version: str) -> None:
    assert manifest(name)["kind"] == KINDS[name]
    kubernetes_validate.validate(manifest(name), version, strict=True)


def test_a_misspelt_field_would_be_found() -> None:
    wrong = copy.deepcopy(manifest("deployment"))
    wrong["spec"]["template"]["spec"]["containers"][0]["startupprobe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="startupprobe"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_the_kustomization_names_every_manifest() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(listed) == sorted(f"{name}.yaml" for name in KINDS)
    assert {path.name for path in KUBERNETES.iterdir()} == {*listed, "kustomization.yaml"}


def test_all_manifests_speak_of_the_same_pods() -> None:
    label = {"app.kubernetes.io/name": "shape-explainer"}
    pods = manifest("deployment")["spec"]
    assert pods["template"]["metadata"]["labels"] == label
    selectors = [
        pods["selector"]["matchLabels"],
        manifest("service")["spec"]["selector"],
        manifest("disruption-budget")["spec"]["selector"]["matchLabels"],
        manifest("network-policy")["spec"]["podSelector"]["matchLabels"],
    ]
    assert selectors == [label] * 4
    assert manifest("autoscaler")["spec"]["scaleTargetRef"]["name"] == manifest("deployment")["metadata"]["name"]


def test_the_pod_has_no_rights_and_a_read_only_root() -> None:
    spec = manifest("deployment")["spec"]["template"]["spec"]
    (app,) = spec["containers"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert app["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [mount["mountPath"] for mount in app["volumeMounts"]] == ["/tmp"]
    ways = manifest("network-policy")["spec"]["egress"]
    assert [[port["port"] for port in way["ports"]] for way in ways] == [[5432], [53, 53]]  # classes, names
    assert all("podSelector" in to for way in ways for to in way["to"])  # pods of the cluster, no address outside


def test_probes_ask_the_port_of_the_image() -> None:
    (app,) = manifest("deployment")["spec"]["template"]["spec"]["containers"]
    probes = {name: app[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert {probe["port"] for probe in probes.values()} == {app["ports"][0]["name"]} == {"http"}
    paths = {name: probe["path"] for name, probe in probes.items()}
    assert paths == {"startupProbe": READY, "readinessProbe": READY, "livenessProbe": ALIVE}
    assert f"EXPOSE {app['ports'][0]['containerPort']}" in dockerfile()


def test_affinity_is_by_the_same_cookie_everywhere() -> None:
    cookie = "shape_explainer_route"
    nginx = manifest("ingress")["metadata"]["annotations"]
    traefik = manifest("service")["metadata"]["annotations"]
    assert nginx["nginx.ingress.kubernetes.io/affinity"] == "cookie"
    assert nginx["nginx.ingress.kubernetes.io/session-cookie-name"] == cookie
    assert traefik["traefik.ingress.kubernetes.io/service.sticky.cookie.name"] == cookie
    assert f'add_header Set-Cookie "{cookie}=$route;' in (NGINX / "nginx.conf").read_text(encoding="utf-8")


# --- Compose


def test_compose_is_what_its_schema_expects(tmp_path: Path) -> None:
    def validated(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = validated(ROOT / "deploy/compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(yaml.safe_dump({"services": {"app": {"read_onyl": True}}}), encoding="utf-8")
    assert "read_onyl" in validated(wrong).stdout


@pytest.mark.parametrize("service", ["app", "store", "nginx"])
def test_a_service_of_compose_has_no_rights_and_a_limit(service: str) -> None:
    said = compose()["services"][service]
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert not said["user"].startswith("0")
    assert said["tmpfs"][0] == "/tmp:size=256m,mode=1777"
    assert set(said["deploy"]["resources"]["limits"]) == {"cpus", "memory"}


def test_in_compose_only_nginx_is_reached_and_only_from_this_machine() -> None:
    said = compose()
    assert "ports" not in said["services"]["app"]
    assert "ports" not in said["services"]["store"]
    assert said["services"]["store"]["networks"] == ["inside"]
    assert said["services"]["nginx"]["ports"] == ["127.0.0.1:8080:8080"]
    assert said["networks"]["inside"] == {"internal": True}
    assert said["services"]["app"]["networks"] == ["inside"]


def test_compose_and_kubernetes_set_the_same_limits() -> None:
    (app,) = manifest("deployment")["spec"]["template"]["spec"]["containers"]
    in_compose = compose()["services"]["app"]
    plain = {pair["name"]: pair["value"] for pair in app["env"] if "value" in pair}
    assert plain == {name: value for name, value in in_compose["environment"].items() if name != STORE}
    limits = in_compose["deploy"]["resources"]["limits"]
    assert (app["resources"]["limits"]["cpu"], app["resources"]["limits"]["memory"]) == ("2", "3Gi")
    assert (limits["cpus"], limits["memory"]) == ("2", "3g")
    assert app["image"] == in_compose["image"] == IMAGE


def test_deploys_variables_are_ones_the_app_reads() -> None:
    from workers.limits import limits_from

    assert limits_from(compose()["services"]["app"]["environment"]).workers == 1
    assert limits_from(compose()["services"]["app"]["environment"]).long_workers == 1


def test_the_copies_of_a_class_share_one_database() -> None:
    from sqlalchemy.engine import make_url

    said = compose()["services"]
    store = make_url(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", said["app"]["environment"][STORE]))
    assert store.drivername == "postgresql+psycopg"
    assert (store.host, store.username, store.database) == (
        "store",
        "classes",
        said["store"]["environment"]["POSTGRES_DB"],
    )
    assert said["store"]["environment"]["POSTGRES_PASSWORD"] in said["app"]["environment"][STORE]
    (app,) = manifest("deployment")["spec"]["template"]["spec"]["containers"]
    (secret,) = [pair["valueFrom"]["secretKeyRef"] for pair in app["env"] if pair["name"] == STORE]
    assert secret["optional"] is True  # without it the lessons go on


# --- the image


def test_the_image_runs_as_nobody_with_the_command_of_make_run() -> None:
    text = dockerfile()
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["65534:65534"]
    assert re.findall(r'CMD \["python", "-m", "([\w.]+)"\]', text) == ["shell.probe", "shell.start"]
    assert "-m shell.start" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    # no build argument but BASE: nothing of a machine that builds can be kept by one
    assert re.findall(r"^ARG (\w+)", text, re.MULTILINE) == ["BASE"]


def test_what_the_dockerfile_copies_is_let_through_to_the_build() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile(), re.MULTILINE)
    wanted = {name for names in copied for name in names.split()}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == wanted
    assert all((ROOT / name).exists() for name in wanted)
    assert ignored[1] == "*"


def test_the_image_has_every_folder_that_the_app_imports() -> None:
    """A new top folder that is imported by what is copied must be copied too."""
    copied = [ROOT / name for name in re.findall(r"^COPY (\w+) \1$", dockerfile(), re.MULTILINE)]
    sources = [ROOT / "app.py", *(path for folder in copied for path in folder.rglob("*.py"))]
    statement = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
    named = {name for path in sources for name in statement.findall(path.read_text(encoding="utf-8"))}
    own = {name for name in named if any((ROOT / name).glob("*.py"))}
    assert own >= {"explainers", "shell", "workers", "views"}
    assert own - {folder.name for folder in copied} == set()


# --- nginx


@pytest.mark.skipif(not program("nginx"), reason="nginx is not installed: make replicas-test brings it")
def test_nginx_accepts_its_settings(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(on_loopback((NGINX / "nginx.conf").read_text(), tmp_path, 18080))
    (tmp_path / "upstream.conf").write_text(upstream((NGINX / "upstream.conf").read_text(), [18501, 18502]))
    command = [program("nginx"), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr, done.stderr


def test_the_copies_are_listed_and_all_else_is_as_deployed() -> None:
    listed = upstream((NGINX / "upstream.conf").read_text(), [18501, 18502])
    assert re.findall(r"server (\S+) (.*);", listed) == [
        ("127.0.0.1:18501", "max_fails=1 fail_timeout=5s"),
        ("127.0.0.1:18502", "max_fails=1 fail_timeout=5s"),
    ]
    assert "hash $route consistent;" in listed
    assert "resolver" not in listed.split("upstream app")[1]


def test_what_one_address_may_open_leaves_most_of_a_copy_to_others() -> None:
    text = (NGINX / "nginx.conf").read_text(encoding="utf-8")
    said = {name: int(most) for name, most in re.findall(r"(\w+(?: tabs_\w+)?) (\d+);", text)}
    files = {name: service["ulimits"]["nofile"] for name, service in compose()["services"].items()}
    tabs = files["app"] // FILES_OF_A_TAB
    assert said["limit_conn tabs_of_a_browser"] < said["limit_conn tabs_of_an_address"] < tabs / 4
    # a tab is two connections of nginx, and each is a file
    assert 2 * said["worker_connections"] < said["worker_rlimit_nofile"] <= files["nginx"]


def test_nginx_writes_nowhere_but_below_tmp() -> None:
    text = (NGINX / "nginx.conf").read_text(encoding="utf-8")
    paths = re.findall(r"(?:_temp_path|_cache_path|pid) (\S+?)[; ]", text)
    assert len(paths) == 7
    assert [path for path in paths if not path.startswith("/tmp/")] == []


@pytest.mark.skipif(os.name != "posix", reason="sh is needed")
def test_slim_leaves_a_virtual_environment_that_it_does_not_know(tmp_path: Path) -> None:
    """Files that are not there, in another version of a package, stop nothing; neither does a missing library."""
    for name in ("tensorflow/include", "numpy/lib/tests", "tensorflow/python", "pyarrow"):
        (tmp_path / "lib/python3.12/site-packages" / name).mkdir(parents=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "strip").write_text("#!/bin/sh\n", encoding="utf-8")
    (tools / "strip").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    subprocess.run(["sh", str(ROOT / "deploy/slim.sh"), str(tmp_path)], env=environment, check=True)
    assert (tmp_path / "lib/python3.12/site-packages/tensorflow/python").exists()
    assert not (tmp_path / "lib/python3.12/site-packages/tensorflow/include").exists()
    assert not (tmp_path / "lib/python3.12/site-packages/pyarrow").exists()
    assert not (tmp_path / "lib/python3.12/site-packages/numpy/lib/tests").exists()
