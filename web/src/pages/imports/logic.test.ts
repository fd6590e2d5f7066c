import { describe, expect, it } from 'vitest';
import { answers, question } from './decisions';
import { FIXES_MAX, fixList, fixOf, noFixes, withFix, type Fixes } from './fixes';
import { csvMapping, doubledFields, hasName, isUntouched, LEAVE, METADATA, nothingSaid, type Column } from './mapping';
import { bytesPerSecond, bytesText, durationText, secondsLeft, withSample, type Sample } from './rate';

const column = (header: string, field: string | null, match: Column['match'] = 'alias'): Column => ({ header, field, match, confidence: 1, reason: 'A known name.' });

describe('what a person says becomes the mapping', () => {
  const columns = [column('Deal', 'name'), column('Firma', 'metadata', 'none'), column('Wert', 'value'), column('Nr', 'external_id', 'told')];

  it('holds only what was touched, and what the server was told before', () => {
    const state = { ...nothingSaid, fields: { Firma: 'company', Wert: LEAVE } };
    expect(csvMapping(state, columns)).toEqual({ fields: { Firma: 'company', Wert: null, Nr: 'external_id' } });
  });
  it('is empty when nothing was said', () => {
    expect(csvMapping(nothingSaid, [column('Deal', 'name')])).toEqual({});
    expect(isUntouched(nothingSaid)).toBe(true);
  });
  it('keeps the words and defaults of the mapping it takes the place of', () => {
    const before = { fields: { Alt: 'owner' }, values: { stage: { Neu: 'discovery' } }, defaults: { currency: 'EUR' }, do_not_overwrite: ['owner'] };
    const state = { ...nothingSaid, values: { stage: { Gewonnen: 'closed_won' } }, readings: { Wert: ',' as const }, keep: ['owner', 'value'] };
    expect(csvMapping(state, [column('Deal', 'name')], before)).toEqual({
      fields: { Alt: 'owner' },
      values: { stage: { Neu: 'discovery', Gewonnen: 'closed_won' } },
      defaults: { currency: 'EUR' },
      readings: { Wert: ',' },
      do_not_overwrite: ['owner', 'value'],
    });
  });
  it('takes headers such as __proto__ and constructor as any other', () => {
    const odd = [column('__proto__', 'metadata', 'none'), column('constructor', 'metadata', 'none')];
    expect(csvMapping({ ...nothingSaid, fields: { constructor: 'name' } }, odd).fields).toEqual({ constructor: 'name' });
    expect(csvMapping(nothingSaid, odd).fields).toBeUndefined();
  });
  it('sees two columns for one field, and that a name is missing', () => {
    expect(doubledFields({ ...nothingSaid, fields: { Firma: 'name' } }, columns)).toEqual(['name']);
    expect(hasName({ ...nothingSaid, fields: { Deal: METADATA } }, columns)).toBe(false);
  });
});

describe('the fixes of the check step', () => {
  it('are forgotten when the cell says again what the file says', () => {
    const once = withFix(noFixes, { index: 3, column: 'Value', value: '10' }, 'a lot');
    expect(fixOf(once, 3, 'Value')).toBe('10');
    expect(withFix(once, { index: 3, column: 'Value', value: 'a lot' }, 'a lot').size).toBe(0);
    expect(noFixes.size).toBe(0);
  });
  it('follow those the plan has already, the newer word winning', () => {
    const planned = [{ index: 1, column: 'Stage', value: 'proposal' }, { index: 0, column: 'Value', value: '1' }];
    const typed = withFix(noFixes, { index: 1, column: 'Stage', value: 'discovery' }, 'Maybe');
    expect(fixList(planned, typed)).toEqual([{ index: 0, column: 'Value', value: '1' }, { index: 1, column: 'Stage', value: 'discovery' }]);
  });
  it('end at the server’s limit', () => {
    let fixes: Fixes = noFixes;
    for (let index = 0; index < FIXES_MAX + 5; index += 1) fixes = withFix(fixes, { index, column: 'Value', value: '1' }, '');
    expect(fixes.size).toBe(FIXES_MAX);
  });
});

describe('the rate of an upload', () => {
  it('is that of the last seconds, and tells what is left', () => {
    let samples: Sample[] = [];
    expect(bytesPerSecond(samples)).toBeNull();
    for (let second = 0; second <= 10; second += 1) samples = withSample(samples, { at_ms: second * 1000, bytes: second < 5 ? 0 : (second - 5) * 1_000_000 });
    expect(bytesPerSecond(samples)).toBeCloseTo(1_000_000, -5);
    expect(secondsLeft(5_000_000, 8_000_000, 1_000_000)).toBe(3);
    expect(secondsLeft(5, 8, 0)).toBeNull();
  });
  it('keeps few samples however often it is told', () => {
    let samples: Sample[] = [];
    for (let at = 0; at < 5000; at += 1) samples = withSample(samples, { at_ms: at, bytes: at });
    expect(samples.length).toBeLessThanOrEqual(200);
  });
  it('is said in words', () => {
    expect(bytesText(999)).toBe('999 B');
    expect(bytesText(1_500_000)).toBe('1.5 MB');
    expect(durationText(0.2)).toBe('1 second');
    expect(durationText(90)).toBe('2 minutes');
  });
});

describe('a decision is a question', () => {
  const decision = { column: 'Close Date', field: 'expected_close_date', option: 'date_order', candidates: ['dmy', 'mdy'], examples: [{ line: 2, cell: '3/4/2027' }], reason: '' };
  it('about a cell of the file, with what each answer would mean', () => {
    expect(question(decision)).toBe('What does “3/4/2027” in “Close Date” mean?');
    expect(answers(decision)).toEqual([
      { reading: 'dmy', label: 'April 3, 2027 (day first)' },
      { reading: 'mdy', label: 'March 4, 2027 (month first)' },
    ]);
  });
  it('also for amounts', () => {
    expect(answers({ ...decision, candidates: ['.', ','], examples: [{ line: 2, cell: '1.234' }] }).map((answer) => answer.label)).toEqual(['1.234 (decimal point)', '1,234 (decimal comma)']);
  });
});
