import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Thai, Lao, Burmese, Khmer, Hiragana, Katakana, Han: scripts that put no spaces between words. */
const UNSPACED =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff';

/** Every character but blanks, ASCII punctuation and scripts without spaces. */
const WORD = `[^\\s\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f${UNSPACED}]`;

/** Punctuation beyond ASCII, which PostgreSQL with the collation C takes for letters. */
const PUNCTUATION = '‘’“”„‟«»‹›‚–—―…·•†‡§¶¿¡、。「」『』【】〈〉《》←→↑↓°©®™';

/**
 * The lexemes of a text, the same for an index and for its queries. The parser of PostgreSQL takes `A1/A2` for a file, `10-20`
 * for a negative number, `<name>` for a tag and `node.js` for a host; so punctuation is replaced before it sees a text, and
 * written forms that have a meaning as a whole are added.
 */
export class CreateSearchLexemes1764003100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Removes accents of Latin and Greek letters, and the dots of ё. Other scripts need their marks.
      CREATE FUNCTION search_fold(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE WHEN octet_length(source) = length(source) THEN source ELSE
          translate(replace(replace(replace(normalize(regexp_replace(normalize(source, NFD),
            '([A-Za-z\\u0391-\\u03c9])[\\u0300-\\u036f]+', '\\1', 'g'), NFC), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
            'øØđĐłŁıħŧёЁ', 'oodDlLihtее') END
      $$;

      -- Replaces punctuation by blanks. Every character keeps its place.
      CREATE FUNCTION search_split(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(source, '[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f${PUNCTUATION}]', ' ', 'g')
      $$;

      -- Returns words that have a meaning with their punctuation: c++, c#, at&t, v2.0, node.js, 1234.56 for 1,234.56.
      CREATE FUNCTION search_compounds(source text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_agg(DISTINCT form) FROM (
          SELECT lower(m[1]) AS form
          FROM regexp_matches(source, '(?:^|(?!${WORD}).)([A-Za-z](?:\\+\\+|#))(?!${WORD})', 'g') m
          UNION ALL
          SELECT unnest(CASE
            WHEN word ~ '^\\d+,\\d{3}$' THEN ARRAY[replace(word, ',', ''), replace(word, ',', '.')]
            WHEN word ~ '^\\d{1,3}(,\\d{3})+(\\.\\d+)?$' THEN ARRAY[replace(word, ',', '')]
            WHEN word ~ '^\\d{1,3}(\\.\\d{3})+(,\\d+)?$' THEN ARRAY[word, replace(replace(word, '.', ''), ',', '.')]
            WHEN word ~ '^\\d+,\\d+$' THEN ARRAY[replace(word, ',', '.')]
            WHEN word ~ ',' OR word ~ '-' AND word !~ '\\d' THEN '{}'
            ELSE ARRAY[word] END)
          FROM regexp_matches(source, '${WORD}+(?:[-.,:_&@]${WORD}+)+', 'g') m
          CROSS JOIN LATERAL (SELECT lower(search_fold(m[1])) AS word OFFSET 0) w
        ) forms WHERE length(form) BETWEEN 2 AND 64
      $$;

      -- The lexemes of a text. Words with accents are also indexed without. Of a compound with hyphens, the joined form is a word
      -- too: e-mail is found as email. Texts in scripts without spaces are pairs of letters, each with the next one.
      CREATE FUNCTION search_lexemes(configuration text, source text) RETURNS tsvector
      LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
      DECLARE
        dictionary regconfig := ('pg_catalog.' || configuration)::regconfig;
        t text := left(source, 200000);
        compounds text[];
        joined text;
        unspaced text;
        lexemes tsvector;
      BEGIN
        IF octet_length(t) <> length(t) THEN
          t := left(normalize(t, NFKC), 200000);
          t := left(t, (500000.0 * length(t) / greatest(octet_length(t), 500000))::integer);
          IF t ~ '[${UNSPACED}]' THEN
            unspaced := left(regexp_replace(t, '[^${UNSPACED}]+', ' ', 'g'), 40000);
            t := regexp_replace(t, '[${UNSPACED}]+', ' ', 'g');
          END IF;
        END IF;
        compounds := search_compounds(left(t, 50000));
        IF t ~ '[A-Za-z](\\+\\+|#)' THEN
          t := regexp_replace(t, '(^|(?!${WORD}).)[A-Za-z](?:\\+\\+|#)(?!${WORD})', '\\1 ', 'g');
        END IF;
        IF t ~ '${WORD}-${WORD}' THEN
          SELECT string_agg(DISTINCT replace(m[1], '-', ''), ' ') INTO joined
          FROM regexp_matches(left(t, 50000), '${WORD}+(?:-${WORD}+)+', 'g') m WHERE m[1] !~ '\\d-\\d';
        END IF;
        t := search_split(t);
        lexemes := to_tsvector(dictionary, t);
        IF octet_length(t) <> length(t) THEN
          lexemes := (search_fold(lexemes::text) || ' ' || to_tsvector(dictionary, search_fold(t))::text)::tsvector;
        END IF;
        IF joined IS NOT NULL THEN
          lexemes := lexemes || strip(to_tsvector(dictionary, search_split(search_fold(joined))));
        END IF;
        IF compounds IS NOT NULL THEN
          lexemes := lexemes || array_to_tsvector(compounds);
        END IF;
        IF unspaced IS NOT NULL THEN
          lexemes := lexemes || to_tsvector('simple', regexp_replace(unspaced, '([${UNSPACED}]{2})', '\\1 ', 'g'))
            || to_tsvector('simple', regexp_replace(regexp_replace(unspaced, '(^| )[${UNSPACED}]', '\\1', 'g'),
                 '([${UNSPACED}]{2})', '\\1 ', 'g'));
        END IF;
        RETURN lexemes;
      END
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION search_lexemes(text, text), search_compounds(text), search_split(text),
      search_fold(text)`);
  }
}
