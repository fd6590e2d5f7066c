// Numbers, money and dates as the person writes them. Intl only; figures are shown, never computed.
export interface Format {
  locale: string;
  money: (value: number, currency: string) => string; // €120,000 or €99.50
  money_short: (value: number, currency: string) => string; // €1.2M
  number: (value: number) => string;
  percent: (value: number) => string; // of 0-100, as the API has probabilities
  share: (value: number) => string; // of 0-1, as the API has rates
  signed: (value: number, digits?: number) => string; // +3, −2
  date: (day: string | null | undefined) => string; // a calendar day or an instant: 1 Jun 2026
  date_time: (instant: string | null | undefined) => string;
  ago: (instant: string | null | undefined, now?: number) => string; // 5 minutes ago
}

const kNone = '–';
const kSteps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

function moneyFormats(locale: string) {
  const made = new Map<string, Intl.NumberFormat>();
  return (currency: string, short: boolean): Intl.NumberFormat => {
    const key = currency + String(short);
    const known = made.get(key);
    if (known) return known;
    const format = new Intl.NumberFormat(
      locale,
      short
        ? { style: 'currency', currency, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }
        : { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' },
    );
    made.set(key, format);
    return format;
  };
}

// `zone` is for tests; people see their own.
export function makeFormat(locale: string, zone?: string): Format {
  const money = moneyFormats(locale);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const at = (text: string | null | undefined) => (text ? new Date(text) : null);
  const shown = (format: Intl.DateTimeFormat, value: Date | null) => (value === null || Number.isNaN(value.getTime()) ? kNone : format.format(value));
  return {
    locale,
    money: (value, currency) => money(currency, false).format(value),
    money_short: (value, currency) => (Math.abs(value) < 10_000 ? money(currency, false) : money(currency, true)).format(value),
    number: (value) => number.format(value),
    percent: (value) => percent.format(value / 100),
    share: (value) => percent.format(value),
    signed: (value, digits = 1) => new Intl.NumberFormat(locale, { signDisplay: 'exceptZero', maximumFractionDigits: digits }).format(value),
    // A day without a time has no zone: it must not slip to the day before.
    date: (text) => shown(text && text.length === 10 ? day : date, at(text)),
    date_time: (text) => shown(dateTime, at(text)),
    ago: (text, now = Date.now()) => {
      const then = at(text);
      if (then === null || Number.isNaN(then.getTime())) return kNone;
      const seconds = (then.getTime() - now) / 1000;
      for (const [unit, length] of kSteps) if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
      return seconds > -60 && seconds <= 5 ? 'just now' : relative.format(Math.round(seconds), 'second');
    },
  };
}
