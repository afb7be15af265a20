import { type DataExporter, DataExportRegistry } from './data-export-registry.js';

async function* exportNothing(): AsyncGenerator<object> {}

describe('DataExportRegistry', () => {
  it('is empty before a module registers an exporter', () => {
    expect([...new DataExportRegistry().exporters]).toEqual([]);
  });

  it('lists the exporters by file name in the order of registration', () => {
    const registry = new DataExportRegistry();
    const other: DataExporter = () => exportNothing();
    registry.register('notes.json', exportNothing);
    registry.register('conversations.json', other);
    expect([...registry.exporters]).toEqual([
      ['notes.json', exportNothing],
      ['conversations.json', other],
    ]);
  });

  it('keeps one exporter for each file: the last one', () => {
    const registry = new DataExportRegistry();
    const other: DataExporter = () => exportNothing();
    registry.register('notes.json', exportNothing);
    registry.register('notes.json', other);
    expect([...registry.exporters]).toEqual([['notes.json', other]]);
  });
});
