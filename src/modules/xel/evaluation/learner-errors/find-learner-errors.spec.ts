import { array, assert, constantFrom, property } from 'fast-check';
import { findLearnerErrors, LEARNER_RULES } from './find-learner-errors.js';

/** Returns the text with all suggestions applied. */
function correct(text: string): string {
  return findLearnerErrors(text).reduceRight(
    (corrected, { start, end, suggestion }) => corrected.slice(0, start) + suggestion + corrected.slice(end),
    text,
  );
}

const ERRORS: Record<string, [string, string][]> = {
  age_with_have: [
    ['I have 20 years old.', 'I am 20 years old.'],
    ['My sister has fifteen years.', 'My sister is fifteen years old.'],
  ],
  agree_with_be: [['I am agree with you.', 'I agree with you.']],
  be_with_base_verb: [['I am live in Lyon.', 'I live in Lyon.']],
  modal_with_to: [['He can to swim well.', 'He can swim well.']],
  modal_with_third_person: [['She can speaks French.', 'She can speak French.']],
  past_time_with_present: [
    ['Yesterday I go to the cinema.', 'Yesterday I went to the cinema.'],
    ['Last week we visit our aunt.', 'Last week we visited our aunt.'],
  ],
  present_with_past_time: [
    ['We eat fish in a small restaurant yesterday.', 'We ate fish in a small restaurant yesterday.'],
  ],
  perfect_with_past_time: [['I have visited Rome last year.', 'I visited Rome last year.']],
  since_with_duration: [['I work here since three years.', 'I work here for three years.']],
  present_progressive_with_since: [['I am living here since 2010.', 'I have been living here since 2010.']],
  present_with_since: [['I live here since 2010.', 'I have lived here since 2010.']],
  did_with_past: [["I didn't went home.", "I didn't go home."]],
  does_with_third_person: [["She doesn't likes tea.", "She doesn't like tea."]],
  look_forward_to_infinitive: [['I look forward to meet you.', 'I look forward to meeting you.']],
  gerund_after_verb: [['I enjoy to read.', 'I enjoy reading.']],
  infinitive_after_verb: [['I want going home.', 'I want to go home.']],
  want_without_to: [['I want go home.', 'I want to go home.']],
  suggest_with_infinitive: [['He suggested me to stay.', 'He suggested that I stay.']],
  make_with_to: [['The film made me to laugh.', 'The film made me laugh.']],
  if_with_would: [['If I would have money, I would travel.', 'If I had money, I would travel.']],
  say_with_person: [['He said me that he was ill.', 'He told me that he was ill.']],
  uncountable_plural: [['He gave me many good advices.', 'He gave me many good advice.']],
  irregular_plural: [['The childs are here.', 'The children are here.']],
  article_with_uncountable: [
    ['I need an information about the course.', 'I need some information about the course.'],
  ],
  many_with_uncountable: [['We have many homework.', 'We have much homework.']],
  much_with_countable: [['There were much people.', 'There were many people.']],
  article_with_plural: [['I met a people from Peru.', 'I met people from Peru.']],
  every_with_plural: [['I run every days.', 'I run every day.']],
  one_of_with_singular: [['She is one of my best friend.', 'She is one of my best friends.']],
  this_with_plural: [['This people are kind.', 'These people are kind.']],
  these_with_singular: [['I like these book.', 'I like these books.']],
  peoples: [['Many peoples came.', 'Many people came.']],
  job_without_article: [['My father is tall. He is engineer.', 'My father is tall. He is an engineer.']],
  double_comparative: [['It is more cheaper.', 'It is cheaper.']],
  double_superlative: [['It is the most biggest city.', 'It is the biggest city.']],
  comparative_with_that: [['He is taller that me.', 'He is taller than me.']],
  too_much_with_adjective: [['It is too much expensive.', 'It is too expensive.']],
  plural_subject_with_singular_verb: [['People is friendly here.', 'People are friendly here.']],
  singular_pronoun_with_plural_verb: [['Everybody are happy.', 'Everybody is happy.']],
  interested_in: [['I am interested on art.', 'I am interested in art.']],
  good_at: [['She is good in maths.', 'She is good at maths.']],
  afraid_of: [['He is afraid from dogs.', 'He is afraid of dogs.']],
  married_to: [['She is married with a doctor.', 'She is married to a doctor.']],
  depend_on: [['It depends of the weather.', 'It depends on the weather.']],
  famous_for: [['Naples is famous of its pizza.', 'Naples is famous for its pizza.']],
  similar_to: [['It is similar with mine.', 'It is similar to mine.']],
  responsible_for: [['I am responsible of the team.', 'I am responsible for the team.']],
  proud_of: [['I am proud with my son.', 'I am proud of my son.']],
  worried_about: [['We are worried for you.', 'We are worried about you.']],
  angry_with: [['He is angry to me.', 'He is angry with me.']],
  participate_in: [['I participated to a race.', 'I participated in a race.']],
  consist_of: [['It consists from two parts.', 'It consists of two parts.']],
  different_from: [['It is different of the first one.', 'It is different from the first one.']],
  arrive_at: [['We arrived to the hotel.', 'We arrived at the hotel.']],
  marry_with: [['She wants to marry with him.', 'She wants to marry him.']],
  listen_to: [['I listen music.', 'I listen to music.']],
  wait_for: [['I waited him.', 'I waited for him.']],
  discuss_about: [['We discussed about politics.', 'We discussed politics.']],
  ask_to_person: [['I asked to him.', 'I asked him.']],
  enter_in: [['We entered in the room.', 'We entered the room.']],
  go_to_home: [['I went to home.', 'I went home.']],
  go_to_activity: [['We go to shopping.', 'We go shopping.']],
  day_preposition: [['I play in Mondays.', 'I play on Mondays.']],
  month_preposition: [['It starts on January.', 'It starts in January.']],
  clock_preposition: [["We meet in 5 o'clock.", "We meet at 5 o'clock."]],
  perfect_with_other_form: [
    ['We have eat many ice creams.', 'We have eaten many ice creams.'],
    ["She hasn't went there.", "She hasn't gone there."],
    ['I have never saw the sea.', 'I have never seen the sea.'],
  ],
  to_can: [['I would like to can stay.', 'I would like to be able to stay.']],
  modal_with_can: [['You will can see it.', 'You will be able to see it.']],
  explain_person: [['He explained me the rules.', 'He explained to me the rules.']],
  have_feeling: [['I have hungry.', 'I am hungry.']],
  there_is_with_plural: [
    ['There is many shops.', 'There are many shops.'],
    ['There was two cats.', 'There were two cats.'],
  ],
  others_with_noun: [['I met others people.', 'I met other people.']],
  the_most_of: [
    ['The most of the people work.', 'Most of the people work.'],
    ['The most of people work.', 'Most people work.'],
  ],
  make_or_do: [
    ['I made my homework.', 'I did my homework.'],
    ['He always does mistakes.', 'He always makes mistakes.'],
    ['We made a party.', 'We had a party.'],
    ['I made many photos.', 'I took many photos.'],
  ],
  opinion_phrase: [['According to me, it is true.', 'In my opinion, it is true.']],
  contrast_phrase: [['In the other hand, it is late.', 'On the other hand, it is late.']],
  very_much_position: [['I like very much the beach.', 'I really like the beach.']],
};

const CORRECT_SENTENCES = [
  'I have 20 years of experience. She has three years left.',
  'I agree. We are in agreement.',
  'She has the will to live, and I will go.',
  'I did all I can to help, as best I could to save time.',
  'From last week I go by bus. It is like yesterday; I am fine.',
  'I know what happened yesterday. They go where we went last year.',
  'I have lived here since last year. We have worked in the last month.',
  'I have been ill since two days ago.',
  'I waited for three years. I have worked here for ten years.',
  "I didn't need it. She doesn't go. He did not put it there.",
  'I look forward to the trip. I used to swim.',
  'I enjoyed the film to the end. She stopped to talk.',
  'I want to go. He wanted something. They would like training.',
  'He recommended me to the director. I suggest that you stay.',
  'They made me a promise to come. Let me go.',
  'If you would like tea, ask me. If it would please you, come.',
  'He said that we could go. She told me about it.',
  "The child's toy is here. A women's shelter opened.",
  'An information desk is near. He is a music teacher, and a software company hired him.',
  'There are many information desks. Much music is good. How much time do we have?',
  'Every two days I run. One of my friends left. One of the best books is here.',
  'These days I read those books.',
  'The peoples of Europe are many.',
  'He is a teacher. She is a student of law.',
  'It is much cheaper and more expensive. It is the most beautiful city.',
  'It is clear that the plan is bigger than mine.',
  'We drank too much hot tea at noon? No, too much.',
  'The number of people is high. Many of the people like it. Does everybody like it?',
  'I am interested in art, good at maths and afraid of dogs.',
  'He is good in a crisis. She is married to him with two children.',
  'It depends on her. In the end, it depended on us.',
  'I listened to the radio. Wait here. We discussed it and asked him.',
  'We entered the room. I went to the house. Go shopping.',
  'On Monday in May at 5 p.m. I came home. On January 5 we left.',
  'I like the beach very much. Thank you very much.',
  'We arrived in Paris and at the hotel.',
  'My brother is different. He differs from me.',
  'A good people pleaser tries hard.',
  'I have to go. Do you have to see it? We have to do it. They have drink and food.',
  'I have eaten, she has gone, and we have never seen it. He has a can opener.',
  'There is one of them. There is a lot of work. There are two cats. There is two hundred metres of rope.',
  'He explained the rules to me. She explained it well.',
  'We make the most of the time. Most people know others.',
  'I made a mistake, did my homework, took photos and had a party. Did the party end?',
  'According to him it is true. In my opinion it is on the other hand.',
  'I have hungry children at home. We have tired eyes.',
  'Do photos help? Did many friends come? She did some exercises and made friends.',
];

describe('findLearnerErrors', () => {
  it.each(
    Object.entries(ERRORS).flatMap(([id, examples]) =>
      examples.map(([text, corrected]) => [id, text, corrected] as const),
    ),
  )('%s: %s', (id, text, corrected) => {
    expect(findLearnerErrors(text).map(({ ruleId }) => ruleId)).toContain(id);
    if (id === 'uncountable_plural') expect(correct(text)).toMatch(/advice\b/);
    else expect(correct(text)).toBe(corrected);
  });

  it('has an example of each rule', () => {
    expect(Object.keys(ERRORS).sort()).toEqual(LEARNER_RULES.map(({ id }) => id).sort());
  });

  it.each(CORRECT_SENTENCES)('finds nothing in: %s', (text) => {
    expect(findLearnerErrors(text)).toEqual([]);
  });

  it('returns errors inside of the text, in order, without overlaps', () => {
    const words =
      'I have 20 years old am agree much people yesterday go to home since three years more better in Monday'.split(
        ' ',
      );
    assert(
      property(array(constantFrom(...words), { maxLength: 40 }), (chosen) => {
        const text = chosen.join(' ');
        let last = 0;
        for (const { start, end } of findLearnerErrors(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
    );
  });
});
