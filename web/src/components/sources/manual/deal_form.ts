// The form of one deal: the server's own limits, so that most mistakes are told before anything is sent. Pure.
// The small build of zod: a quarter of the whole one.
import * as z from 'zod/mini';

z.config({ jitless: true });

const bytes = (text: string) => new TextEncoder().encode(text).length;
// Limits are in bytes of UTF-8, as in the contract.
const upTo = (limit: number) => z.string().check(z.trim(), z.refine((text) => bytes(text) <= limit, `At most ${limit.toLocaleString('en')} bytes (letters beyond A to Z count more than one).`));

export const VALUE_MAX = 1_000_000_000_000;

export const dealSchema = z.object({
  name: upTo(500).check(z.refine((text) => text !== '', 'Give the deal a name.')),
  company: upTo(300),
  value: z.union([z.literal(''), z.number('Enter a number.').check(z.minimum(0, 'A value cannot be negative.'), z.maximum(VALUE_MAX, 'At most 1,000,000,000,000.'))]),
  currency: z.string(),
  stage: z.enum(['discovery', 'qualification', 'proposal', 'negotiation', 'closed_won', 'closed_lost']),
  probability: z.union([z.literal(''), z.number('Enter a number.').check(z.minimum(0, '0 to 100.'), z.maximum(100, '0 to 100.'))]),
  expected_close_date: z.string(),
  contact_name: upTo(320),
  contact_email: upTo(320).check(z.refine((text) => text === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), 'This is not an e-mail address.')),
  contact_phone: upTo(320),
  owner: upTo(200),
  description: upTo(32_000),
});
export type DealForm = z.infer<typeof dealSchema>;

// How likely a deal of a stage is, as long as nobody says otherwise.
export const STAGE_PROBABILITY: Record<DealForm['stage'], number> = { discovery: 20, qualification: 40, proposal: 60, negotiation: 80, closed_won: 100, closed_lost: 0 };

export function emptyDeal(currency: string): DealForm {
  return {
    name: '', company: '', value: '', currency, stage: 'discovery', probability: STAGE_PROBABILITY.discovery, expected_close_date: '',
    contact_name: '', contact_email: '', contact_phone: '', owner: '', description: '',
  };
}

// Blank means "not said" at the door, so it is left out.
export function dealBody(form: DealForm): Record<string, string | number> {
  const said = Object.entries(form).filter(([, value]) => value !== '');
  return Object.fromEntries(form.value === '' ? said.filter(([name]) => name !== 'currency') : said);
}
