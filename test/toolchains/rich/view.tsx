// biome-ignore-all lint: how it is spelled is what is tested
import { Level } from './enums';
import type { Shape } from './types';

declare const Panel: any;

export const list = (items: Shape[], props: any) => (
  <>
    <Panel.Item key="k" {...props} title={'a'} level={Level.High} data-x="&amp;">
      text {items.length} {/* a comment */}
      <b {...props} key="later" />
    </Panel.Item>
  </>
);

/** @memprof */
export function tagged(items: Shape[]) {
  const rows = [...items];
  return <Panel rows={rows}>{rows.length}</Panel>;
}

export default function View({ a, ...rest }: any) {
  return <div {...rest}>{a ? <i>yes</i> : null}</div>;
}
