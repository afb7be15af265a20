import { dirname, relative } from 'node:path';
import ts from 'typescript';

/** Imports and re-exports among `files`, types included: `{ from, to, text }` with full paths. */
export function listImports(program, files) {
  const names = new Set(files.map(({ fileName }) => fileName));
  const options = program.getCompilerOptions();
  return files.flatMap(({ fileName: from, imports }) =>
    imports.flatMap(({ text }) => {
      const mode = ts.ModuleKind.ESNext;
      const found = ts.resolveModuleName(text, from, options, ts.sys, undefined, undefined, mode);
      const to = found.resolvedModule?.resolvedFileName ?? '';
      return names.has(to) ? [{ from, to, text }] : [];
    }),
  );
}

/** Pairs of folders, relative to `root`, of which each has a file that imports a file of the other. */
export function pairsOfFolders(imports, root) {
  const arrows = new Set(imports.map(({ from, to }) => `${dirname(from)} ${dirname(to)}`));
  const mutual = [...arrows].filter((arrow) => {
    const [from, to] = arrow.split(' ');
    return from < to && arrows.has(`${to} ${from}`);
  });
  return mutual.sort().map((arrow) => arrow.split(' ').map((folder) => relative(root, folder)));
}

/** Groups of files that reach each other through imports: the strongly connected components, by Tarjan's algorithm. */
export function findCycles(imports) {
  const targets = new Map();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const [order, low, stack, cycles] = [new Map(), new Map(), [], []];
  const visit = (file) => {
    order.set(file, order.size);
    low.set(file, order.get(file));
    stack.push(file);
    for (const target of targets.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file), low.get(target)));
    }
    if (low.get(file) !== order.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) cycles.push(component.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
