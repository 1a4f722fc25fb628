// Runs one conformance test in a realm of its own: harness, host objects, modules, the error it expects. It
// serves the runner; it must never let one test see another.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import type { Recorder } from '../support/recorder';
import type { FrontMatter } from './front-matter';

const LIMIT = 4000;
const PATIENCE = 1000;

export interface Program {
  /** The suite's root, which holds `harness/` and `test/`. */
  root: string;
  /** Of the test, absolute. */
  file: string;
  code: string;
  meta: FrontMatter;
  recorder?: Recorder;
}

const harness = new Map<string, string>();

/** `ok`, or what went otherwise than the test wants. */
export async function runTest({ root, file, code, meta, recorder }: Program): Promise<string> {
  const context = vm.createContext({});
  hostObjects(context);
  let report: (text: string) => void = () => {};
  const printed = new Promise<string>((resolve) => {
    report = resolve;
  });
  context.print = (text: string) => {
    if (text.includes('Test262:AsyncTestComplete')) report('ok');
    else if (text.includes('Test262:AsyncTestFailure')) report(text);
  };
  if (recorder) {
    const value = () => recorder.runtime;
    Object.defineProperty(context, 'require', { value, enumerable: false, configurable: true });
  }
  const isAsync = meta.flags.includes('async');
  const common = ['assert.js', 'sta.js', ...(isAsync ? ['doneprintHandle.js'] : [])];
  let phase = 'harness';
  try {
    for (const name of meta.flags.includes('raw') ? [] : [...common, ...meta.includes]) {
      if (!harness.has(name)) harness.set(name, readFileSync(path.join(root, 'harness', name), 'utf8'));
      vm.runInContext(harness.get(name) as string, context, { filename: name });
    }
    phase = 'parse';
    const modules = new Modules(context, recorder);
    if (meta.flags.includes('module')) {
      const module = modules.load(file, code);
      await module.link(modules.link);
      phase = 'runtime';
      await module.evaluate();
    } else {
      const importModuleDynamically = (name: string) => modules.dynamic(name, file);
      const script = new vm.Script(code, { filename: file, importModuleDynamically } as vm.ScriptOptions);
      phase = 'runtime';
      script.runInContext(context, { timeout: LIMIT });
    }
    if (meta.negative) return `no ${meta.negative.type}`;
    const owner = recorder?.owner();
    if (owner && !meta.flags.includes('module')) {
      recorder?.problems.push(`${owner.row[0]} still runs after the script`);
    }
    if (isAsync) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<string>((resolve) => {
        timer = setTimeout(() => resolve('it never ended'), PATIENCE);
      });
      const result = await Promise.race([printed, late]);
      clearTimeout(timer);
      return result;
    }
    await new Promise(setImmediate);
    return 'ok';
  } catch (error) {
    const name = (error as Error)?.name;
    const { type, phase: when } = meta.negative ?? {};
    const early = when === 'parse' || when === 'early';
    if (phase !== 'harness' && name === type && (!early || phase === 'parse')) return 'ok';
    return `${phase}: ${name}: ${(error as Error)?.message}`.slice(0, 200);
  }
}

class Modules {
  private known = new Map<string, vm.Module>();

  constructor(
    private context: vm.Context,
    private recorder?: Recorder,
  ) {}

  load(file: string, code = readFileSync(file, 'utf8')): vm.Module {
    const known = this.known.get(file);
    if (known) return known;
    const { context } = this;
    let module: vm.Module;
    if (file.endsWith('.json')) {
      module = new vm.SyntheticModule(
        ['default'],
        function () {
          this.setExport('default', JSON.parse(code));
        },
        { context },
      );
    } else {
      const importModuleDynamically = (name: string) => this.dynamic(name, file);
      const options = { context, identifier: file, importModuleDynamically };
      module = new vm.SourceTextModule(code, options as unknown as vm.SourceTextModuleOptions);
    }
    this.known.set(file, module);
    return module;
  }

  link = (name: string, from: vm.Module): vm.Module => {
    if (name === 'memprof/runtime' && this.recorder) return this.runtime(this.recorder);
    return this.load(path.resolve(path.dirname(from.identifier), name));
  };

  async dynamic(name: string, from: string): Promise<vm.Module> {
    const file = path.resolve(path.dirname(from), name);
    if (!existsSync(file)) throw new Error(`no module ${name}`);
    const module = this.load(file);
    if (module.status === 'unlinked') await module.link(this.link);
    // Node aborts the process where a module that failed is evaluated again.
    if (module.status === 'errored') throw module.error;
    await module.evaluate();
    return module;
  }

  private runtime(recorder: Recorder): vm.Module {
    const { runtime } = recorder;
    const known = this.known.get('memprof/runtime');
    if (known) return known;
    const module = new vm.SyntheticModule(
      Object.keys(runtime),
      function () {
        for (const [key, value] of Object.entries(runtime)) this.setExport(key, value);
      },
      { context: this.context },
    );
    this.known.set('memprof/runtime', module);
    return module;
  }
}

function hostObjects(context: vm.Context): object {
  const $262 = {
    createRealm: () => hostObjects(vm.createContext({})),
    evalScript: (code: string) => vm.runInContext(code, context),
    detachArrayBuffer: (buffer: ArrayBuffer) => void structuredClone(buffer, { transfer: [buffer] }),
    gc() {},
    global: vm.runInContext('this', context),
    AbstractModuleSource: function AbstractModuleSource() {},
  };
  context.$262 = $262;
  return $262;
}
