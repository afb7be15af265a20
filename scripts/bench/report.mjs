/** What to reach. The ratios hold on any machine, more or less; start and memory are for a small server. */
const GOALS = [
  { what: 'me: requests, ours / floor', value: (m) => ratio(m.me, 'rate'), goal: 0.4, atLeast: true },
  { what: 'me: CPU per request, ours / floor', value: (m) => ratio(m.me, 'cpu'), goal: 2.5 },
  {
    what: 'my organizations: requests, ours / floor',
    value: (m) => ratio(m.organizations, 'rate'),
    goal: 0.35,
    atLeast: true,
  },
  {
    what: '1,000 members: requests, ours / floor',
    value: (m) => ratio(m.members, 'rate'),
    goal: 0.5,
    atLeast: true,
  },
  {
    what: 'first 50 of 1,000,000 messages, ours / floor',
    value: (m) => ratio(m.messages, 'rate'),
    goal: 0.65,
    atLeast: true,
  },
  {
    what: 'last 50 of 1,000,000 messages, ours / floor',
    value: (m) => ratio(m['last messages'], 'rate'),
    goal: 0.65,
    atLeast: true,
  },
  {
    what: 'refresh: requests, ours / floor',
    value: (m) => ratio(m.refresh, 'rate'),
    goal: 0.35,
    atLeast: true,
  },
  {
    what: 'login: ours / the hash alone',
    value: (m) => ratio(m.login, 'rate', 'hash'),
    goal: 0.85,
    atLeast: true,
  },
  { what: 'login: CPU, ours / the hash alone', value: (m) => ratio(m.login, 'cpu', 'hash'), goal: 1.15 },
  { what: 'login: our event-loop delay, p99, ms', value: (m) => middle(m.login?.ours, 'delayP99'), goal: 20 },
  { what: 'start to ready, ms', value: (m) => middle(m.start?.ours, 'readyMs'), goal: 1000 },
  { what: 'idle memory, MB', value: (m) => middle(m.start?.ours, 'rssMb'), goal: 130 },
];

const COLUMNS = {
  rate: { title: 'req/s', digits: 1 },
  cpu: { title: 'CPU us/req', digits: 0 },
  delayP99: { title: 'loop delay p99 ms', digits: 1 },
  readyMs: { title: 'ready ms', digits: 0 },
  readyCpuMs: { title: 'CPU ms until then', digits: 0 },
  rssMb: { title: 'RSS MB', digits: 0 },
};

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function middle(rounds, key) {
  const values = rounds?.map((round) => round[key]).filter((value) => value !== undefined) ?? [];
  return values.length > 0 ? median(values) : undefined;
}

/** The median of the ratios of each round: what slows the machine for a while slows both sides of a round. */
function ratio(sides, key, against = 'floor') {
  return sides && median(sides.ours.map((round, index) => round[key] / sides[against][index][key]));
}

/** `measured` is operation -> side -> rounds of figures. Answers the report as text. */
export function report(measured) {
  const absolute = Object.entries(measured).flatMap(([operation, sides]) =>
    Object.entries(sides).map(([side, rounds]) => [operation, side, ...figures(rounds)].join('  ')),
  );
  const goals = GOALS.flatMap((goal) => {
    const value = goal.value(measured);
    return value === undefined ? [] : [judged(goal, value)];
  });
  return [
    '',
    'Median (lowest - highest) of the rounds',
    ...absolute,
    '',
    'Against the goals',
    ...goals,
    '',
  ].join('\n');
}

function figures(rounds) {
  return Object.entries(COLUMNS).flatMap(([key, { title, digits }]) => {
    const value = middle(rounds, key);
    if (value === undefined) return [];
    const values = rounds.map((round) => round[key]);
    const range = `${Math.min(...values).toFixed(digits)} - ${Math.max(...values).toFixed(digits)}`;
    return [`${value.toFixed(digits)} ${title} (${range})`];
  });
}

function judged({ what, goal, atLeast }, value) {
  const met = atLeast ? value >= goal : value <= goal;
  const digits = goal < 10 ? 2 : 0;
  const relation = atLeast ? '>=' : '<=';
  return `${what.padEnd(44)} ${value.toFixed(digits).padStart(6)}   goal ${relation} ${goal}   ${met ? 'met' : 'MISSED'}`;
}
