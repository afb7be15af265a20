export {
  bm25ScoreSql,
  bm25WordScoreSql,
  inverseDocumentFrequency,
  loadedWordsSql,
  quoteLexeme,
  termFrequencySql,
} from './bm25.js';
export { highlightSql, toSnippet } from './highlight.rules.js';
export { selectRareWords } from './rare-words.js';
export { toSearchConfiguration, UNSTEMMED_CONFIGURATION } from './search-configuration.js';
export {
  lengthSql,
  lexemesSql,
  SERVER_MAJOR_SQL,
  titledLexemesSql,
  titledSql,
  titleLexemesSql,
  WORDS_VERSION,
} from './search-sql.js';
export { toWordPattern } from './word-pattern.js';
