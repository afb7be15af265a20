import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { childElements, readXmlTree } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';
import type { ZipPackage } from './zip-package.js';

/** The paths of the parts of a document inside of its package. */
export interface DocumentParts {
  document: string;
  styles: string;
  numbering: string;
  footnotes: string;
  endnotes: string;
  settings: string;
  coreProperties: string;
}

/** Finds the parts by their relationships; where these are missing, by their usual names. */
export async function findParts(zip: ZipPackage): Promise<DocumentParts> {
  const package_ = await relationships(zip, '');
  const document = package_.get('officeDocument') ?? 'word/document.xml';
  if (!zip.has(document)) throw new ExtractionFailure('unreadable', 'The file contains no Word document.');
  const related = await relationships(zip, document);
  const usual = (name: string): string => related.get(name) ?? `word/${name}.xml`;
  return {
    document,
    styles: usual('styles'),
    numbering: usual('numbering'),
    footnotes: usual('footnotes'),
    endnotes: usual('endnotes'),
    settings: usual('settings'),
    coreProperties: package_.get('core-properties') ?? 'docProps/core.xml',
  };
}

export async function readPart(zip: ZipPackage, path: string): Promise<XmlElement | null> {
  return zip.has(path) ? readXmlTree(zip.read(path)) : null;
}

/** Returns the targets of the relationships of a part, by the last word of their type. */
async function relationships(zip: ZipPackage, part: string): Promise<Map<string, string>> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const root = await readPart(zip, `${folder}_rels/${part.slice(slash)}.rels`);
  const targets = new Map<string, string>();
  for (const { attributes } of root === null ? [] : childElements(root)) {
    const { Type: type = '', Target: target = '', TargetMode: mode } = attributes;
    const name = type.slice(type.lastIndexOf('/') + 1);
    if (mode !== 'External' && !targets.has(name)) targets.set(name, resolvePath(folder, target));
  }
  return targets;
}

function resolvePath(folder: string, target: string): string {
  const path: string[] = [];
  for (const segment of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (segment === '..') path.pop();
    else if (segment !== '' && segment !== '.') path.push(segment);
  }
  return path.join('/');
}
