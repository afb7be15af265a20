import { readQuota, signIn, startSession } from './api.js';
import { Audio } from './audio.js';
import { LiveSocket } from './socket.js';
import { Transcript } from './transcript.js';

const find = (id) => document.getElementById(id);
const transcript = new Transcript(find('transcript'));

let token = null;
let settings = null;
let socket = null;
/** The answer that runs, and the end of the quota in milliseconds. */
let turnId = null;
let quotaEndsAt = null;

const audio = new Audio((turn, milliseconds) => {
  find('played').textContent = `${(milliseconds / 1000).toFixed(1)} s`;
  if (turn === turnId) socket?.send('playback.position', { turn_id: turn, milliseconds });
});

function show(id, text) {
  find(id).textContent = text;
}

function showProblem(text) {
  show('problem', text);
  find('problem').hidden = text === '';
}

/** Runs the work of a click, and shows what goes wrong. */
function run(work) {
  showProblem('');
  work().catch((error) => showProblem(error.code ? `${error.message} (${error.code})` : error.message));
}

function onSubmit(id, handle) {
  find(id).addEventListener('submit', (event) => {
    event.preventDefault();
    run(() => handle(new FormData(event.target), event.target));
  });
}

const CLOSE_REASONS = {
  1000: 'The session has ended.',
  1008: 'The server closed the socket: too many frames.',
  1009: 'The server closed the socket: a message was too large.',
  4401: 'The session has ended, because your access has ended. Sign in again.',
  4404: 'The session is gone. Start another one.',
  4409: 'Another window has the session now.',
  4429: 'The session has ended, because the quota of the month is used.',
};

async function useToken(value) {
  token = value.trim();
  await showQuota();
  find('sign-in').hidden = true;
  find('session').hidden = false;
  find('session-form').elements.session_type.focus();
}

async function showQuota() {
  const { plan, remaining_seconds: left } = await readQuota(token);
  const time = left === null ? 'No limit' : `${left} seconds are left in this month`;
  show('quota', `Plan ${plan}. ${time}.`);
}

async function openSession() {
  const session = await startSession(token, settings);
  show('disclosure', session.disclosure);
  return { url: session.socket_url, ticket: session.socket_ticket };
}

async function start(form) {
  settings = { session_type: form.get('session_type'), use_knowledge: form.has('use_knowledge') };
  for (const name of ['language', 'instructions']) if (form.get(name)) settings[name] = form.get(name);
  await audio.open();
  socket = new LiveSocket({
    openTicket: openSession,
    onState: (state) => show('socket-state', state),
    onAudio: (pcm) => audio.play(pcm),
    onEvent: (type, data) => handlers[type]?.(data),
    onEnd: finish,
  });
  await socket.connect();
  transcript.clear();
  find('session').hidden = true;
  find('talk').hidden = false;
  find('text-form').elements.text.focus();
}

function finish(code) {
  stopMicrophone();
  audio.drop();
  socket = null;
  turnId = quotaEndsAt = null;
  show('talk-state', 'idle');
  showProblem(CLOSE_REASONS[code] ?? `The connection was lost (${code}).`);
  find('talk').hidden = true;
  find('session').hidden = false;
  showQuota().catch(() => undefined);
}

const handlers = {
  'session.ready': ({ audio: hasAudio, remaining_seconds: left, disclosure }) => {
    show('disclosure', disclosure);
    quotaEndsAt = left === null ? null : performance.now() + left * 1000;
    find('microphone').disabled = !hasAudio;
    show('talk-state', hasAudio ? 'idle' : 'idle (text only: the server has no speech provider)');
  },
  'transcript.partial': (turn) => transcript.show(turn),
  'transcript.final': (turn) => transcript.show(turn),
  'turn.started': (turn) => {
    turnId = turn.turn_id;
    audio.beginTurn(turnId);
    show('talk-state', 'thinking');
  },
  'ai.text': ({ turn_id, delta }) => {
    show('talk-state', 'speaking');
    transcript.append(turn_id, delta);
  },
  'ai.sources': ({ turn_id, sources }) => transcript.addSources(turn_id, sources),
  'turn.ended': (turn) => {
    if (turn.reason !== 'completed') audio.drop();
    transcript.finish(turn);
    turnId = null;
    show('talk-state', 'idle');
  },
  'interruption.started': () => {
    audio.pause();
    show('talk-state', 'listening');
  },
  'interruption.false': () => {
    audio.resume();
    show('talk-state', 'speaking');
  },
  'avatar.state': ({ state }) => show('talk-state', state),
  'quota.warning': ({ remaining_seconds: left }) => {
    quotaEndsAt = performance.now() + left * 1000;
    showProblem(`The quota of the month ends in ${left} seconds.`);
  },
  'quota.exceeded': ({ message }) => showProblem(message),
  'idle.warning': ({ remaining_seconds: left }) =>
    showProblem(`The session ends in ${left} seconds, unless you speak.`),
  error: ({ code, message }) => showProblem(`${message} (${code})`),
};

function stopMicrophone() {
  audio.stopMicrophone();
  find('microphone').setAttribute('aria-pressed', 'false');
}

async function toggleMicrophone() {
  if (audio.isRecording) return stopMicrophone();
  await audio.startMicrophone((pcm) => socket?.sendAudio(pcm));
  find('microphone').setAttribute('aria-pressed', 'true');
}

setInterval(() => {
  const left = quotaEndsAt === null ? null : Math.max(0, Math.ceil((quotaEndsAt - performance.now()) / 1000));
  show('time-left', left === null ? '–' : `${left} s`);
}, 1000);

onSubmit('password-form', async (form) => useToken(await signIn(form.get('username'), form.get('password'))));
onSubmit('token-form', (form) => useToken(form.get('token')));
onSubmit('session-form', start);
onSubmit('text-form', async (form, element) => {
  socket.send('text.input', { text: form.get('text') });
  element.reset();
});
find('microphone').addEventListener('click', () => run(toggleMicrophone));
find('interrupt').addEventListener('click', () => socket?.send('interrupt'));
find('end').addEventListener('click', () => socket?.send('session.end'));
