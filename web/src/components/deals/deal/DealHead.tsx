// The top of a deal's page: what it is, what it is worth, where it stands.
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { StageBadge } from '@/ui/StageBadge';
import { RiskBadge } from '@/ui/RiskBadge';
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './deal.module.css';
import { FieldEditor } from './FieldEditor';
import { fieldOf, type EditableKey } from './fields';
import type { SaveField } from './use_save';

interface Props {
  deal: Deal;
  mayEdit: boolean;
  onSave: SaveField;
  onWhy: (field: string) => void;
  actions: ReactNode;
}

export function DealHead({ deal, mayEdit, onSave, onWhy, actions }: Props) {
  const format = useFormat();
  const editor = (key: EditableKey, shown?: ReactNode) => <FieldEditor field={fieldOf(key)} deal={deal} mayEdit={mayEdit} onSave={onSave} onWhy={onWhy} shown={shown} />;
  const fact = (label: string, content: ReactNode) => (
    <div className={classes.fact}>
      <Text size="xs" c="dimmed" fw={600}>{label}</Text>
      {content}
    </div>
  );
  return (
    <Paper withBorder p="lg">
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <Stack gap={0} className={classes.title}>
          <Title order={1} size="h2" className={classes.headline}>{editor('name', deal.name)}</Title>
          {editor('company')}
        </Stack>
        {actions}
      </Group>
      <div className={classes.facts}>
        {fact(
          'Value',
          editor(
            'value',
            <span className={classes.worth}>
              {format.money(deal.value, deal.currency)}
              {deal.value_estimated && <Badge size="sm" variant="default" tt="none">Estimated</Badge>}
            </span>,
          ),
        )}
        {fact('Stage', editor('stage', <StageBadge stage={deal.stage} />))}
        {fact('Closes', editor('expected_close_date'))}
        {fact('Chance of winning', editor('probability'))}
        {fact('Owner', editor('owner'))}
        {fact('Health', <Group gap={8} wrap="nowrap" h={30}><Text fw={700}>{deal.health_score}</Text>{deal.closed_at === null && <RiskBadge risk={deal.risk_level} />}</Group>)}
      </div>
    </Paper>
  );
}
