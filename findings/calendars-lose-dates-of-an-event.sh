#!/usr/bin/env bash
# An event with a list of further dates has all its days in none of three calendar libraries, and two of them share no day.
#
# Versions: ical.js 2.2.1, node-ical 0.27.2, rrule 2.8.1; Node.js 20.
# Input: an exam on 6 January 2026 that takes place on 8 and 10 January, too (DTSTART and RDATE, without a rule), and a weekly
#   lesson from 6 January with one extra lesson (DTSTART, RRULE and RDATE). Both have end times, and all times are in UTC.
# Expected: three days each: in RFC 5545 the set is DTSTART, what the rule generates, and the dates of RDATE.
# Seen: for the exam, ical.js and rrule return the 8th and the 10th without the 6th, and node-ical only the 6th. For the lesson,
#   ical.js and rrule return all three, as the rule generates the first; node-ical keeps RDATE as text, and expands only the
#   rule. Only rrule announces its part: its README says that DTSTART counts when it fits the rule.
# What follows: a program that reads calendar files adds the missing days itself, DTSTART with one library and RDATE with the
#   other. This server lets Google Calendar expand events (`singleEvents`), and reads no rules or dates.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts ical.js@2.2.1 node-ical@0.27.2 rrule@2.8.1

cat >try.mjs <<'JS'
import ICAL from 'ical.js';
import ical from 'node-ical';
import rrule from 'rrule';

const events = {
  exam: ['DTSTART:20260106T090000Z', 'RDATE:20260108T090000Z,20260110T090000Z'],
  lesson: ['DTSTART:20260106T090000Z', 'RRULE:FREQ=WEEKLY;COUNT=2', 'RDATE:20260108T090000Z'],
};
const libraries = {
  'ical.js': (file) => {
    const event = new ICAL.Event(new ICAL.Component(ICAL.parse(file)).getFirstSubcomponent('vevent'));
    const days = [];
    const iterator = event.iterator();
    for (let next = iterator.next(); next; next = iterator.next()) days.push(next.toJSDate());
    return days;
  },
  'node-ical': (file) => {
    const event = Object.values(ical.sync.parseICS(file)).find(({ type }) => type === 'VEVENT');
    const range = { from: new Date('2025-01-01'), to: new Date('2027-01-01') };
    return ical.expandRecurringEvent(event, range).map(({ start }) => start);
  },
  rrule: (_file, lines) => rrule.rrulestr(lines.join('\n'), { forceset: true }).all(),
};
for (const [name, lines] of Object.entries(events)) {
  const component = ['BEGIN:VEVENT', 'UID:a', 'DTSTAMP:20260101T000000Z', ...lines, 'DURATION:PT1H', 'END:VEVENT'];
  const file = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//a//b//EN', ...component, 'END:VCALENDAR', ''].join('\r\n');
  for (const [library, expand] of Object.entries(libraries))
    console.log(`${name}, ${library}: ${expand(file, lines).map((day) => day.toISOString().slice(0, 10)).join(' ')}`);
}
JS
seen=$(node try.mjs)
expected='exam, ical.js: 2026-01-08 2026-01-10
exam, node-ical: 2026-01-06
exam, rrule: 2026-01-08 2026-01-10
lesson, ical.js: 2026-01-06 2026-01-08 2026-01-13
lesson, node-ical: 2026-01-06 2026-01-13
lesson, rrule: 2026-01-06 2026-01-08 2026-01-13'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
