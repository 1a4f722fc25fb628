// What the page uses of libraries that bring no types.

declare module 'd3-selection' {
  export interface Selection {
    datum(data: unknown): Selection;
    call(what: (selection: Selection) => unknown): Selection;
  }
  export function select(element: Element): Selection;
}

declare module 'd3-flame-graph' {
  /** A frame as it is drawn; `data` is what it was made of. */
  export interface Drawn<T> {
    data: T;
    parent: Drawn<T> | null;
    children?: Drawn<T>[];
    value: number;
    highlight?: boolean;
    x0: number;
    x1: number;
  }
  export interface FlameGraph<T> {
    (selection: import('d3-selection').Selection): unknown;
    width(width: number): this;
    cellHeight(height: number): this;
    transitionDuration(ms: number): this;
    inverted(inverted: boolean): this;
    minFrameSize(pixels: number): this;
    title(title: string): this;
    label(label: (frame: Drawn<T>) => string): this;
    setColorMapper(color: (frame: Drawn<T>) => string): this;
    setSearchMatch(match: (frame: Drawn<T>, term: string) => boolean): this;
    setSearchHandler(handler: (found: Drawn<T>[]) => void): this;
    setDetailsHandler(handler: (text: string | null) => void): this;
    onClick(handler: (frame: Drawn<T>) => void): this;
    search(term: string): void;
    clear(): void;
    zoomTo(frame: Drawn<T>): void;
    resetZoom(): void;
    update(): this;
  }
  export default function flamegraph<T>(): FlameGraph<T>;
}
