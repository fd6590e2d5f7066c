// Deals in a currency without a rate are in no sum; say so, and where to set the rate.
import type { Metrics } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { count } from '@/format/words';
import { useSession } from '@/session/session';
import { TextLink } from '@/ui/links';
import { Alert } from '@mantine/core';

export function WithoutRate({ metrics }: { metrics: Metrics }) {
  const format = useFormat();
  const { can } = useSession();
  const { deals, by_currency } = metrics.without_rate;
  if (deals === 0) return null;
  const sums = Object.entries(by_currency).map(([currency, value]) => format.money(value, currency)).join(', ');
  return (
    <Alert color="yellow" variant="light" title={`${count(deals, format.number(deals), 'open deal')} in a currency without an exchange rate`}>
      {sums} {deals === 1 ? 'is' : 'are'} not in the sums above.{' '}
      {can('administer') && <TextLink to="/settings" search={{ tab: 'workspace' }} size="sm">Set the rate</TextLink>}
    </Alert>
  );
}
