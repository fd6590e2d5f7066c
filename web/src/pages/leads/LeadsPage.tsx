// The people behind the deals. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function LeadsPage() {
  return <Title order={1}>Leads</Title>;
}
