// What the command center reads. The figures are the server's; nothing is computed here.
import { api, need } from '@/api/client';
import { ask, type Metrics, type ShownDeal, type SourceHealth } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useQuery } from '@tanstack/react-query';

export const kChangeDays = 7;
const kAtRiskShown = 6;
const kFeedShown = 100;

export function useMetrics() {
  return useQuery({
    queryKey: keys.metrics,
    queryFn: ({ signal }) => ask<{ metrics: Metrics }>('GET', `/api/sales/deals/metrics?change_days=${kChangeDays}`, undefined, signal),
    select: (said) => said.metrics,
  });
}

export function useAtRisk() {
  const query = `active=true&risk_level=high&sort=-value&limit=${kAtRiskShown}&include=analysis`;
  return useQuery({
    queryKey: [...keys.deals, 'at-risk'],
    queryFn: ({ signal }) => ask<{ deals: ShownDeal[] }>('GET', `/api/sales/deals?${query}`, undefined, signal),
    select: (said) => said.deals,
  });
}

export function useSources() {
  return useQuery({
    queryKey: keys.sources,
    queryFn: ({ signal }) => ask<{ sources: SourceHealth[] }>('GET', '/api/sales/sources', undefined, signal),
    select: (said) => said.sources,
  });
}

export function useActivity() {
  return useQuery({
    queryKey: keys.activity,
    queryFn: ({ signal }) => need(api.GET('/api/sales/activity', { params: { query: { limit: kFeedShown } }, signal })),
    select: (said) => said.activities,
  });
}
