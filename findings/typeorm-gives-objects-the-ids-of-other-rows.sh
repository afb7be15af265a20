#!/usr/bin/env bash
# TypeORM gives an object the id of another row when PostgreSQL skips a row of the same INSERT.
#
# Versions: typeorm 1.1.1, pg 8.23.1; PostgreSQL of @electric-sql/pglite 0.5.14 behind @electric-sql/pglite-socket 0.2.17.
# Input: a table with the rows 1 ash and 2 bat. Three objects without ids (ash as it is stored, bat with another meaning, cap) are
#   inserted once with `upsert` on the unique word, once with the same and `skipUpdateIfNoValuesChanged`, once with `orIgnore`.
# Expected: each object has the id of its row, or none when its row was skipped.
# Seen: only the plain `upsert` does that. A skipped row is not in the RETURNING list, and TypeORM assigns this list to the objects
#   by position: with `skipUpdateIfNoValuesChanged`, ash gets the id of bat, bat that of cap, and cap none; with `orIgnore`, ash
#   gets the id of cap. The rows are right. A child that is inserted next with the id of its object belongs to another row, and
#   no error shows it.
# What follows: the repositories of this server write ON CONFLICT DO NOTHING in SQL, with ids that they know before or for one row,
#   and never assign returned rows by position. The only `upsert` has one object.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts typeorm@1.1.1 pg@8.23.1 reflect-metadata@0.2.2 \
  @electric-sql/pglite@0.5.14 @electric-sql/pglite-socket@0.2.17

cat >try.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { DataSource, EntitySchema } from 'typeorm';

const server = new PGLiteSocketServer({ db: await PGlite.create(), host: '127.0.0.1', port: 0 });
const listening = new Promise((resolve) => {
  server.addEventListener('listening', ({ detail }) => resolve(detail.port));
});
await server.start();
const Term = new EntitySchema({
  name: 'term',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    word: { type: 'text', unique: true },
    meaning: { type: 'text' },
  },
});
const connection = { host: '127.0.0.1', port: await listening, username: 'postgres', database: 'postgres', poolSize: 1 };
const source = new DataSource({ type: 'postgres', ...connection, entities: [Term], synchronize: true });
await source.initialize();
const terms = source.getRepository('term');

const toText = (list) => list.map(({ id, word, meaning }) => `${id ?? 'no id'} ${word} (${meaning})`).join(', ');
const inserts = {
  upsert: (objects) => terms.upsert(objects, ['word']),
  'upsert, skipUpdateIfNoValuesChanged': (objects) =>
    terms.upsert(objects, { conflictPaths: ['word'], skipUpdateIfNoValuesChanged: true }),
  orIgnore: (objects) => terms.createQueryBuilder().insert().values(objects).orIgnore().execute(),
};
for (const [name, insert] of Object.entries(inserts)) {
  await terms.query('TRUNCATE term RESTART IDENTITY');
  await terms.insert([
    { word: 'ash', meaning: 'tree' },
    { word: 'bat', meaning: 'animal' },
  ]);
  const objects = [
    { word: 'ash', meaning: 'tree' },
    { word: 'bat', meaning: 'club' },
    { word: 'cap', meaning: 'hat' },
  ];
  await insert(objects);
  console.log(`${name}\n  rows: ${toText(await terms.find({ order: { word: 'ASC' } }))}`);
  console.log(`  objects: ${toText(objects)}`);
}
process.exit();
JS
seen=$(node --no-warnings try.mjs)
expected='upsert
  rows: 1 ash (tree), 2 bat (club), 5 cap (hat)
  objects: 1 ash (tree), 2 bat (club), 5 cap (hat)
upsert, skipUpdateIfNoValuesChanged
  rows: 1 ash (tree), 2 bat (club), 5 cap (hat)
  objects: 2 ash (tree), 5 bat (club), no id cap (hat)
orIgnore
  rows: 1 ash (tree), 2 bat (animal), 5 cap (hat)
  objects: 5 ash (tree), no id bat (club), no id cap (hat)'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
