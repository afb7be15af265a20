import { buildInstructions, buildTurnMessages } from './turn-prompt.rules.js';

const PLAIN = { instructions: null, language: null, practiceModule: null };

describe('the instructions of a turn', () => {
  it('say how to talk, and nothing else without settings', () => {
    expect(buildInstructions(PLAIN)).toMatch(/^You talk with a person in a live conversation\.[^\n]*$/);
  });

  it('describe the module that is practised, before the instructions of the user', () => {
    const practiceModule = {
      title: 'At the café',
      level: 'A1',
      description: 'Order food and drinks.',
      objectives: ['I can order food.', 'I can ask for prices.'],
    };
    const text = buildInstructions({ instructions: 'Be a waiter.', language: 'en-GB', practiceModule });
    expect(text).toContain('the module “At the café” at CEFR level A1: Order food and drinks.\n');
    expect(text).toContain('\n- I can order food.\n- I can ask for prices.\n');
    expect(text).toMatch(/\n\nSpeak British English \(language tag en-GB\)\.\n\nBe a waiter\.$/);
  });

  it('begin with those of a question from documents', () => {
    const [system] = buildTurnMessages(PLAIN, [], 'Hello', 'Answer from the passages.');
    expect(system?.content).toMatch(/^Answer from the passages\.\n\nYou talk/);
  });
});
