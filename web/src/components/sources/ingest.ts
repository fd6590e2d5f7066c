// One deal through one of the doors, for the tabs. `look` is a dry run: the same answer, and nothing is written.
import { ask } from '@/api/agreed';
import type { Schemas } from '@/api/client';

export interface NearDeal {
  deal_id: string;
  name: string;
  company: string | null;
  value: number;
  currency: string;
  stage: Schemas['Stage'];
  why: 'similar_name_and_company' | 'similar_name' | 'same_company';
}
export interface Extracted {
  field: string;
  value: string; // as read, before it is converted
  from: 'subject' | 'signature' | 'domain' | 'sender' | 'text' | 'given' | 'default';
  excerpt: string | null;
}
export type Ingested = Schemas['IngestAnswer'] & { dry_run?: boolean; near?: NearDeal[]; extracted?: Extracted[] };
export type Door = 'manual' | 'web-form' | 'email' | 'api';

const path = (door: Door, look: boolean) => `/api/sales/deals/${door}${look ? '?dry_run=true' : ''}`;

export const send = (door: Door, body: unknown) => ask<Ingested>('POST', path(door, false), body);
export const look = (door: Door, body: unknown, signal?: AbortSignal) => ask<Ingested>('POST', path(door, true), body, signal);
