/** Shows who said what. All text is set as text, never as HTML. */

const SPEAKERS = { user: 'You', ai: 'AI' };

export class Transcript {
  #list;
  #turns = new Map();

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#turns.clear();
  }

  /** Shows a turn, or replaces its text. */
  show({ turn_id: id, role, text }) {
    this.#find(id, role).text.textContent = text;
    this.#scroll();
  }

  /** Adds to an answer that is being written. */
  append(id, delta) {
    this.#find(id, 'ai').text.append(delta);
    this.#scroll();
  }

  /** Lists passages that the next text cites. */
  addSources(id, sources) {
    const turn = this.#find(id, 'ai');
    turn.sources ??= turn.item.appendChild(document.createElement('ul'));
    for (const { n, title, state } of sources) {
      const entry = document.createElement('li');
      entry.textContent = `[${n}] ${title ?? state}`;
      turn.sources.append(entry);
    }
  }

  /** Marks what was written but not heard. */
  finish({ turn_id: id, heard_text: heard, generated_text: generated, reason }) {
    if (generated === '') return;
    const { text } = this.#find(id, 'ai');
    text.textContent = heard;
    const unheard = document.createElement('span');
    unheard.className = 'unheard';
    unheard.textContent = generated.startsWith(heard) ? generated.slice(heard.length) : '';
    text.after(unheard, reason === 'interrupted' ? ' (interrupted)' : '');
    this.#scroll();
  }

  #find(id, role) {
    const known = this.#turns.get(id);
    if (known) return known;
    const item = document.createElement('li');
    const speaker = document.createElement('strong');
    speaker.textContent = `${SPEAKERS[role] ?? role}: `;
    const text = document.createElement('span');
    item.append(speaker, text);
    this.#list.append(item);
    const turn = { item, text };
    this.#turns.set(id, turn);
    return turn;
  }

  #scroll() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }
}
