/** The properties that decide whether and how text is shown, with their last value. */
export type Declarations = ReadonlyMap<string, { value: string; important: boolean }>;

const PROPERTIES = new Set([
  'display',
  'visibility',
  'opacity',
  'font-size',
  'color',
  'background',
  'background-color',
  'background-image',
  'text-indent',
  'position',
  'left',
  'right',
  'top',
  'margin-left',
  'list-style',
  'list-style-type',
  'white-space',
]);

/** Reads the declarations of a `style` attribute or of the block of a rule. */
export function parseDeclarations(css: string): Declarations {
  const declarations = new Map<string, { value: string; important: boolean }>();
  for (const declaration of css.replace(/\/\*[\s\S]*?(\*\/|$)/g, '').split(';')) {
    const colon = declaration.indexOf(':');
    const property = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (!PROPERTIES.has(property)) continue;
    const written = declaration
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    const important = /!\s*important$/.test(written);
    const value = written.replace(/!\s*important$/, '').trim();
    if (value !== '' && (important || declarations.get(property)?.important !== true)) {
      declarations.set(property, { value, important });
    }
  }
  return declarations;
}
