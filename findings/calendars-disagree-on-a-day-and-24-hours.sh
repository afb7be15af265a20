#!/usr/bin/env bash
# In the night in which summer time begins, ical.js takes 24 hours for a day, and node-ical a day for 24 hours.
#
# Versions: ical.js 2.2.1, node-ical 0.27.2; Node.js 20.
# Input: events that start on Saturday, 28 March 2026, at 20:00 in Berlin, where clocks go forward from 2:00 to 3:00 in that night.
#   They last P1D, PT24H, PT10H, or until 8:00 (DTEND). The file has the time zone, and ical.js has registered it.
# Expected: RFC 5545 (3.3.6) counts days by the calendar and hours exactly: P1D ends at 20:00, PT24H at 21:00, PT10H at 7:00.
# Seen: ical.js adds both to the clock, so that 24 hours end at 20:00 after 23 hours, and ten hours at 6:00 after nine. node-ical
#   adds both to the instant, so that a day ends at 21:00. With DTEND both give the event its end at 8:00, but ical.js gives its
#   first occurrence another one: it adds the length of eleven hours to the clock, 7:00.
# What follows: free times that are computed from imported calendars are wrong by an hour twice a year, in one library for hours
#   and in the other for days. This server gets busy times and events from Google Calendar as instants, and computes no ends.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts ical.js@2.2.1 node-ical@0.27.2

cat >try.mjs <<'JS'
import ICAL from 'ical.js';
import ical from 'node-ical';

const zone = `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE`.split('\n');
const clock = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
const ends = ['DURATION:P1D', 'DURATION:PT24H', 'DURATION:PT10H', 'DTEND;TZID=Europe/Berlin:20260329T080000'];
for (const end of ends) {
  const event = ['UID:a', 'DTSTAMP:20260101T000000Z', 'DTSTART;TZID=Europe/Berlin:20260328T200000', end, 'RRULE:FREQ=WEEKLY;COUNT=2'];
  const component = ['BEGIN:VEVENT', ...event, 'END:VEVENT'];
  const file = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//a//b//EN', ...zone, ...component, 'END:VCALENDAR', ''].join('\r\n');

  const calendar = new ICAL.Component(ICAL.parse(file));
  ICAL.TimezoneService.register(calendar.getFirstSubcomponent('vtimezone'));
  const first = new ICAL.Event(calendar.getFirstSubcomponent('vevent'));
  const occurrence = first.getOccurrenceDetails(first.iterator().next());
  const other = Object.values(ical.sync.parseICS(file)).find(({ type }) => type === 'VEVENT');
  const range = { from: new Date('2026-03-28'), to: new Date('2026-03-30') };
  const [expanded] = ical.expandRecurringEvent(other, range);

  const times = [first.endDate.toJSDate(), occurrence.endDate.toJSDate(), other.end, expanded.end].map((time) => clock.format(time));
  console.log(`${end}: ical.js event ${times[0]}, occurrence ${times[1]}; node-ical event ${times[2]}, occurrence ${times[3]}`);
}
JS
seen=$(node try.mjs)
expected='DURATION:P1D: ical.js event 20:00, occurrence 20:00; node-ical event 21:00, occurrence 21:00
DURATION:PT24H: ical.js event 20:00, occurrence 20:00; node-ical event 21:00, occurrence 21:00
DURATION:PT10H: ical.js event 06:00, occurrence 06:00; node-ical event 07:00, occurrence 07:00
DTEND;TZID=Europe/Berlin:20260329T080000: ical.js event 08:00, occurrence 07:00; node-ical event 08:00, occurrence 08:00'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
