// A link to what arrived: the import it was a row of, and the bytes as they came.
import type { AnySource } from '@/api/agreed';
import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import classes from './deal.module.css';

const kImported: AnySource[] = ['csv', 'hubspot', 'salesforce'];

export function Arrival({ id, row, source }: { id: string; row: number | null; source: AnySource }) {
  return (
    <Group gap="sm" mt={2}>
      {kImported.includes(source) && <Link className={classes.link} to="/imports/$id" params={{ id }}>{row === null ? 'See the import' : `Row ${row + 1} of an import`}</Link>}
      <a className={classes.link} href={`/api/sales/imports/${encodeURIComponent(id)}/raw`} download>What arrived</a>
    </Group>
  );
}
