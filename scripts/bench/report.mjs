/** The goals. The ratios differ little between machines; start and memory are for a small machine. */
const GOALS = [
  { what: 'me: requests, server / baseline', value: (m) => ratio(m.me, 'rate'), goal: 0.4, atLeast: true },
  { what: 'me: CPU per request, server / baseline', value: (m) => ratio(m.me, 'cpu'), goal: 2.5 },
  {
    what: 'my organizations: requests, server / baseline',
    value: (m) => ratio(m.organizations, 'rate'),
    goal: 0.35,
    atLeast: true,
  },
  {
    what: '1,000 members: requests, server / baseline',
    value: (m) => ratio(m.members, 'rate'),
    goal: 0.5,
    atLeast: true,
  },
  {
    what: 'first 50 of 1,000,000 messages, server / baseline',
    value: (m) => ratio(m.messages, 'rate'),
    goal: 0.65,
    atLeast: true,
  },
  {
    what: 'last 50 of 1,000,000 messages, server / baseline',
    value: (m) => ratio(m['last messages'], 'rate'),
    goal: 0.65,
    atLeast: true,
  },
  {
    what: 'refresh: requests, server / baseline',
    value: (m) => ratio(m.refresh, 'rate'),
    goal: 0.35,
    atLeast: true,
  },
  {
    what: 'login: server / the hash alone',
    value: (m) => ratio(m.login, 'rate', 'hash'),
    goal: 0.85,
    atLeast: true,
  },
  { what: 'login: CPU, server / the hash alone', value: (m) => ratio(m.login, 'cpu', 'hash'), goal: 1.15 },
  { what: 'login: event-loop delay, p99, ms', value: (m) => middle(m.login?.server, 'delayP99'), goal: 20 },
  { what: 'start to ready, ms', value: (m) => middle(m.start?.server, 'readyMs'), goal: 1000 },
  { what: 'idle memory, MB', value: (m) => middle(m.start?.server, 'rssMb'), goal: 130 },
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

/** The median of the ratios of the rounds: a slow moment of the machine slows all sides of a round. */
function ratio(sides, key, against = 'baseline') {
  return sides && median(sides.server.map((round, index) => round[key] / sides[against][index][key]));
}

/** Returns the report as text. `measured` is operation -> side -> rounds of figures; `againstFolder` is the other build. */
export function report(measured, againstFolder) {
  const absolute = Object.entries(measured).flatMap(([operation, sides]) =>
    Object.entries(sides).map(([side, rounds]) => [operation, side, ...figures(rounds)].join('  ')),
  );
  const goals = GOALS.flatMap((goal) => {
    const value = goal.value(measured);
    return value === undefined ? [] : [withVerdict(goal, value)];
  });
  return [
    '',
    'Median (lowest - highest) of the rounds',
    ...absolute,
    '',
    'Against the goals',
    ...goals,
    '',
    ...(againstFolder ? [`This build / the build in ${againstFolder}`, ...versionRatios(measured), ''] : []),
  ].join('\n');
}

/** For each operation, each figure of this build divided by that of the other build. */
export function versionRatios(measured) {
  return Object.entries(measured).map(([operation, sides]) => {
    const ratios = Object.entries(COLUMNS).flatMap(([key, { title }]) =>
      sides.server[0][key] === undefined ? [] : [`${title} ${ratio(sides, key, 'against').toFixed(2)}`],
    );
    return `${operation.padEnd(16)} ${ratios.join(', ')}`;
  });
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

function withVerdict({ what, goal, atLeast }, value) {
  const met = atLeast ? value >= goal : value <= goal;
  const digits = goal < 10 ? 2 : 0;
  const relation = atLeast ? '>=' : '<=';
  return `${what.padEnd(44)} ${value.toFixed(digits).padStart(6)}   goal ${relation} ${goal}   ${met ? 'met' : 'MISSED'}`;
}
