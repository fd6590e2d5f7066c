// The table of deals.
import { DealsTable } from '@/components/deals/DealsTable';

export default DealsTable;
