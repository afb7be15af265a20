import {
  type DocumentExtractor,
  ExtractionFailure,
} from '@/modules/knowledge/extraction/extracted-document.js';
import { toLanguageTag } from '@/modules/knowledge/extraction/stated-language.js';
import { TextBuilder } from '@/modules/knowledge/extraction/text-builder.js';
import { BodyReader } from './body-reader.js';
import { openDocument } from './document-context.js';
import { DocxOutput } from './docx-output.js';
import { readXml } from './xml-reader.js';
import { ZipPackage } from './zip-package.js';

const CONTAINERS = new Set(['w:document', 'w:body']);

/** Reads the text of a Word document as a reader sees it, without deleted and hidden text. */
export const extractDocx: DocumentExtractor = async (bytes) => {
  const zip = await ZipPackage.open(bytes);
  const { parts, context, title, language } = await openDocument(zip);
  const builder = new TextBuilder();
  const reader = new BodyReader(context, new DocxOutput(builder));
  await readXml(zip.read(parts.document), {
    containers: CONTAINERS,
    onElement: (element, container) => {
      if (element.name === 'w:background') context.hasBackground = true;
      else if (container === 'w:body') reader.readBlock(element);
    },
  });
  reader.finish();
  const { text, blocks } = builder.build();
  if (blocks.length === 0) throw new ExtractionFailure('no_text', 'The document contains no text.');
  return {
    text,
    blocks,
    title,
    statedLanguage: toLanguageTag(language),
    pages: null,
    warnings: context.foundHiddenText ? ['hidden_text'] : [],
  };
};
