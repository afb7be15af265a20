#!/usr/bin/env bash
# ts-fsrs schedules reviews beyond its maximum_interval, by a day or two.
#
# Versions: ts-fsrs 5.4.2; Node.js 20.
# Input: a card that is answered right again and again, on time, by a scheduler with maximum_interval 365, with and without
#   steps within a day.
# Expected: intervals of at most 365 days for each rating: "`maximum_interval` caps how far into the future a card can be
#   scheduled" (README).
# Seen: hard 365, good 366, easy 367 days. Each rating must be at least a day longer than the one below it, which is computed
#   after the limit has been applied.
# What follows: this server limits the interval itself (src/modules/xel/reviews/schedule.rules.ts).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts ts-fsrs@5.4.2

cat >try.mjs <<'JS'
import { createEmptyCard, fsrs, Rating } from 'ts-fsrs';

for (const enable_short_term of [true, false]) {
  const scheduler = fsrs({ maximum_interval: 365, enable_short_term });
  let card = createEmptyCard(new Date('2026-01-01T00:00:00Z'));
  for (let review = 0; review < 12; review += 1) card = scheduler.next(card, card.due, Rating.Good).card;
  const days = [Rating.Hard, Rating.Good, Rating.Easy].map(
    (rating) => scheduler.next(card, card.due, rating).card.scheduled_days,
  );
  console.log(`steps ${enable_short_term ? 'on' : 'off'}: hard ${days[0]}, good ${days[1]}, easy ${days[2]}`);
}
JS
seen=$(node try.mjs)
expected='steps on: hard 365, good 366, easy 367
steps off: hard 365, good 366, easy 367'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
