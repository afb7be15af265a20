import { defineErrors } from '@/platform/errors/index.js';

export const knowledgeErrors = defineErrors({
  document_not_found: { kind: 'not_found', message: 'Document not found.' },
  document_version_not_found: { kind: 'not_found', message: 'The document does not have this version.' },
  chunk_not_found: { kind: 'not_found', message: 'The document does not have this chunk.' },
  collection_not_found: { kind: 'not_found', message: 'Collection not found.' },
  document_not_ready: {
    kind: 'conflict',
    message: 'The text of this version has not been extracted.',
    facts: { version: 1, status: 'processing' },
  },
  document_path_taken: {
    kind: 'conflict',
    message: 'The collection already has a document with this path.',
    facts: { field: 'path' },
  },
  storage_full: {
    kind: 'too_large',
    message: 'The storage is full. Delete documents, or upload a smaller one.',
    facts: { field: 'file', max_bytes: 1_073_741_824, used_bytes: 1_073_000_000 },
  },
  document_type_unsupported: {
    kind: 'unsupported_media',
    message: 'The file has none of the supported types.',
    facts: { field: 'file', supported_types: ['pdf', 'docx', 'html', 'md', 'csv', 'json', 'txt'] },
  },
});
