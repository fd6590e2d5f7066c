// The table of deals. A place holder until its own page lands.
import { Title } from '@mantine/core';

export default function DealsPage() {
  return <Title order={1}>Deals</Title>;
}
