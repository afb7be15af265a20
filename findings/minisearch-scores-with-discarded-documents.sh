#!/usr/bin/env bash
# MiniSearch gives the first search after documents were replaced another order than the second one, which is the same search.
#
# Versions: minisearch 7.2.0, with its default settings.
# Input: ten documents, of which A and B contain `refund`, and all others `shipping`. A is replaced eight times by a document with
#   the same text, once with `replace` (which discards the old one) and once with `remove` and `add`. Then two searches for
#   `refund shipping`.
# Expected: A and B in front, always: "discarding and re-adding a document works exactly like removing and re-adding
#   it" (documentation of `discard`).
# Seen: after `replace`, the first search puts B at the very end, behind eight documents without the rare word. The index still has
#   the discarded documents, and a search removes them one by one while it scores: B, which comes after the first of them, gets
#   the BM25 weight of a word that nine of ten documents contain, and the new A, which comes last, that of a word in two. The
#   second search has the right order. With `remove` and `add`, both have it.
# What follows: a knowledge base whose documents are updated one by one cites other documents from one question to the next. This
#   server subtracts a replaced chunk from the counts of its words in the transaction that replaces it
#   (src/modules/knowledge/chunks/persistence/chunk-statistics.repository.ts).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts minisearch@7.2.0

cat >try.mjs <<'JS'
import MiniSearch from 'minisearch';

const documents = [...'ABCDEFGHIJ'].map((id) => ({
  id,
  text: 'AB'.includes(id) ? 'refund policy of the shop' : 'shipping costs of the shop',
}));
const replacements = {
  replace: (index, document) => index.replace(document),
  'remove and add': (index, document) => {
    index.remove(document);
    index.add(document);
  },
};
const search = (index) =>
  index
    .search('refund shipping')
    .map(({ id, score }) => `${id} ${score.toFixed(2)}`)
    .join(', ');
for (const [name, replace] of Object.entries(replacements)) {
  const index = new MiniSearch({ fields: ['text'] });
  index.addAll(documents);
  console.log(`${name}\n  before: ${search(index)}`);
  for (let time = 0; time < 8; time += 1) replace(index, documents[0]);
  console.log(`  first search: ${search(index)}`);
  console.log(`  second search: ${search(index)}`);
}
JS
seen=$(node try.mjs)
expected='replace
  before: A 2.22, B 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39
  first search: A 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39, B 0.22
  second search: B 2.22, A 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39
remove and add
  before: A 2.22, B 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39
  first search: B 2.22, A 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39
  second search: B 2.22, A 2.22, C 0.39, D 0.39, E 0.39, F 0.39, G 0.39, H 0.39, I 0.39, J 0.39'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
