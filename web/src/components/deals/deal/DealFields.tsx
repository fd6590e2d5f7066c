// Who to talk to, and what it is about.
import type { Deal } from '@/api/agreed';
import { Paper, Text, Title } from '@mantine/core';
import classes from './deal.module.css';
import { FieldEditor } from './FieldEditor';
import { fieldOf, type EditableKey } from './fields';
import type { SaveField } from './use_save';

interface Props {
  deal: Deal;
  mayEdit: boolean;
  onSave: SaveField;
  onWhy: (field: string) => void;
}

export function DealFields({ deal, mayEdit, onSave, onWhy }: Props) {
  const shown: EditableKey[] = ['contact_name', 'contact_email', 'contact_phone', ...(deal.stage === 'closed_lost' || deal.lost_reason !== null ? (['lost_reason'] as const) : []), 'description'];
  return (
    <Paper withBorder p="lg">
      <Title order={2} size="h5" mb="xs">Contact and details</Title>
      <div className={classes.list}>
        {shown.map((key) => (
          <div key={key} className={classes.item}>
            <Text size="sm" c="dimmed" className={classes.label}>{fieldOf(key).label}</Text>
            <FieldEditor field={fieldOf(key)} deal={deal} mayEdit={mayEdit} onSave={onSave} onWhy={onWhy} />
          </div>
        ))}
      </div>
    </Paper>
  );
}
