// The colleagues of the tenant, disabled ones too.
import { api, need } from '@/api/client';
import { keys } from '@/api/keys';
import { useQuery } from '@tanstack/react-query';

export function usePeople(wanted = true) {
  return useQuery({
    queryKey: keys.people,
    queryFn: ({ signal }) => need(api.GET('/api/sales/people', { signal })),
    select: (said) => said.people,
    enabled: wanted,
  });
}
