// What the tabs ask about the workspace: its currency, its sources, its connections; and keys made on the spot.
import { ask, type SourceHealth } from '@/api/agreed';
import { api, need, type Schemas } from '@/api/client';
import { keys } from '@/api/keys';
import { useQuery } from '@tanstack/react-query';

export function useSettings() {
  return useQuery({ queryKey: keys.settings, queryFn: () => need(api.GET('/api/sales/settings')) });
}

export function useSourceHealth() {
  return useQuery({ queryKey: keys.sources, queryFn: () => ask<{ sources: SourceHealth[] }>('GET', '/api/sales/sources') });
}

export type Connection = Schemas['Connection'];
const kLookAgainMs = 5_000; // an account works by itself: its figures move without an event of the workspace
export function useConnections() {
  return useQuery({ queryKey: keys.connections, queryFn: () => need(api.GET('/api/sales/connections')), refetchInterval: kLookAgainMs });
}

export const makeKey = (wish: Schemas['KeyInput']) => need(api.POST('/api/sales/keys', { body: wish }));

// Every active currency the browser knows, with its name, the workspace's first.
export function currencyChoices(first: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(undefined, { type: 'currency' });
  const all = Intl.supportedValuesOf('currency').filter((code) => code !== first);
  return [first, ...all].map((value) => ({ value, label: `${value} – ${names.of(value) ?? value}` }));
}
