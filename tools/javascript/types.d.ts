// What common.js and the components pass about. No file at run time: TypeScript reads it for views/assets/*.js alone.

/** {"timesteps": "blue", …}; written before common.js by shell/components.py from views/palette.py. */
declare const AXIS_COLOURS: Record<string, string>;

/** One axis of a shape, as views/numbers.py makes it: size null is Keras' None. */
interface Axis {
  axis: string;
  size: number | null;
  origin: string;
  sources: string[];
  code?: string;
  moved?: boolean;
}

/** An axis that may be named by its size alone, without where it comes from. */
type Sized = Pick<Axis, "axis" | "size">;

/** What `h` and `s` hang into an element: lists of any depth; nothing is drawn of null, undefined and false. */
type Kid = Node | string | number | boolean | null | undefined | Kid[];

/** `class`, `aria-label` …; `style` takes an object; `onclick` and the like take functions. */
type Attributes = Record<string, any> | null;

/** A place and a size in pixels. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One attribute of a drawing that moves to a new value. */
interface Move {
  node: Element;
  name: string;
  to: string;
}

/** What the origin bus says: light up what has one of these sources ("show"), or nothing ("clear"). */
interface Announced {
  kind: "show" | "clear";
  sources: string[];
  text: string;
}

/** What Streamlit hands a component (components v2); the one entry of `data` is what the view of the same name made. */
interface Component {
  data: [any];
  parentElement: any;
  setTriggerValue: (name: string, value: unknown) => void;
  setStateValue: (name: string, value: unknown) => void;
}
