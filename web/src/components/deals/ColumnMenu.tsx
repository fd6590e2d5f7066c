// Which columns the table shows.
import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import IconColumns3 from '@tabler/icons-react/dist/esm/icons/IconColumns3.mjs';
import { columns, kDefaultColumns, type Column } from './columns';

interface Props {
  shown: Column[];
  onChange: (keys: string[]) => void;
}

export function ColumnMenu({ shown, onChange }: Props) {
  return (
    <Popover width={220} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>Columns</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group label="Columns" value={shown.map((column) => column.key)} onChange={onChange}>
          <Stack gap={8} mt={8}>
            {columns.map((column) => <Checkbox key={column.key} size="xs" value={column.key} label={column.label} disabled={column.key === 'name'} />)}
          </Stack>
        </Checkbox.Group>
        <Button mt="sm" size="compact-xs" variant="subtle" onClick={() => onChange(kDefaultColumns)}>As usual</Button>
      </Popover.Dropdown>
    </Popover>
  );
}
