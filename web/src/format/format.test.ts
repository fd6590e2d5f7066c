import { describe, expect, it } from 'vitest';
import { makeFormat } from './format';
import { riskOf } from './words';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const english = makeFormat('en-US', 'America/New_York');
const german = makeFormat('de-DE', 'Europe/Berlin');

describe('money', () => {
  it('is written as the person writes it, with cents only where there are some', () => {
    expect(english.money(120_000, 'USD')).toBe('$120,000');
    expect(english.money(99.5, 'USD')).toBe('$99.50');
    expect(plain(german.money(1_234_567.89, 'EUR'))).toBe('1.234.567,89 €');
    expect(english.money(5_000, 'JPY')).toBe('¥5,000');
  });
  it('is shortened only where the whole is long', () => {
    expect(english.money_short(9_999, 'USD')).toBe('$9,999');
    expect(english.money_short(1_250_000, 'USD')).toBe('$1.3M');
  });
});

describe('percent', () => {
  it('takes 0 to 100, as the API has it', () => {
    expect(english.percent(57.93)).toBe('57.9%');
    expect(plain(german.percent(60))).toBe('60 %');
  });
});

describe('a date', () => {
  it('without a time is that day in every zone', () => {
    expect(english.date('2026-06-01')).toBe('Jun 1, 2026');
    expect(german.date('2026-06-01')).toBe('01.06.2026');
  });
  it('that is none is a dash', () => {
    expect(english.date(null)).toBe('–');
    expect(english.date_time('soon')).toBe('–');
  });
});

describe('how long ago', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  it('is told in the largest unit that fits', () => {
    expect(english.ago('2026-11-24T11:59:30Z', now)).toBe('just now');
    expect(english.ago('2026-11-24T11:55:00Z', now)).toBe('5 minutes ago');
    expect(english.ago('2026-11-23T12:00:00Z', now)).toBe('yesterday');
    expect(english.ago('2026-12-01T12:00:00Z', now)).toBe('next week');
  });
});

describe('the bands of health', () => {
  it('are those of the specification, at their edges', () => {
    expect([0, 39.9, 40, 69.9, 70, 100].map(riskOf)).toEqual(['high', 'high', 'medium', 'medium', 'low', 'low']);
  });
});
