// Beside the deal: where it ranks, whose lead it is, and where it came from.
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { Ago } from '@/ui/Ago';
import { Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './deal.module.css';
import { flatten } from './metadata';
import { useLead, useStanding } from './use_deal';

function Pair({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="md" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed" className={classes.label}>{label}</Text>
      <Text size="sm" ta="right" component="div" className={classes.wraps}>{children}</Text>
    </Group>
  );
}

export function StandingCard({ deal }: { deal: Deal }) {
  const format = useFormat();
  const standing = useStanding(deal);
  const metrics = standing.data?.metrics;
  if (metrics === undefined || metrics.value_rank == null || metrics.percentile == null) return null;
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h5" mb="sm">Among open deals</Title>
      <Stack gap={8}>
        <Pair label="Rank by value">{format.number(metrics.value_rank)} of {format.number(metrics.total_active_deals)}</Pair>
        <Pair label="Percentile">{format.number(metrics.percentile)}</Pair>
      </Stack>
    </Paper>
  );
}

const leadWords: Record<string, string> = { new: 'New', qualified: 'Qualified', contacted: 'Contacted', converted: 'Converted', disqualified: 'Disqualified', spam: 'Spam' };
export function LeadCard({ deal }: { deal: Deal }) {
  const lead = useLead(deal.lead_id).data?.lead;
  if (lead === undefined) return null;
  const name = [lead.first_name, lead.last_name].filter(Boolean).join(' ');
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h5" mb="sm">Lead</Title>
      <Stack gap={8}>
        {name !== '' && <Pair label="Name">{name}</Pair>}
        <Pair label="E-mail"><a className={classes.link} href={`mailto:${lead.email}`}>{lead.email}</a></Pair>
        {lead.phone && <Pair label="Phone">{lead.phone}</Pair>}
        <Pair label="Status">{leadWords[lead.status] ?? lead.status}</Pair>
        <Pair label="Score">{lead.ai_score} of 100</Pair>
        {lead.ai_qualification_summary && <Text size="xs" c="dimmed">{lead.ai_qualification_summary}</Text>}
        <Link className={classes.link} to="/deals" search={{ q: lead.email }}>All deals of this lead</Link>
      </Stack>
    </Paper>
  );
}

export function OriginCard({ deal }: { deal: Deal }) {
  const extra = flatten(deal.source_metadata);
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h5" mb="sm">Where it came from</Title>
      <Stack gap={8}>
        <Pair label="Source">{sourceWords[deal.source]}</Pair>
        <Pair label="Added"><Ago at={deal.created_at} /></Pair>
        <Pair label="Changed"><Ago at={deal.updated_at} /></Pair>
        {deal.external_ids.map(({ system, id }) => <Pair key={system + id} label={`${system} id`}><Code>{id}</Code></Pair>)}
        {extra.length > 0 && <Text size="xs" fw={700} c="dimmed" mt={4}>Extra data</Text>}
        {extra.map(([key, value]) => <Pair key={key} label={key}>{value}</Pair>)}
      </Stack>
    </Paper>
  );
}
