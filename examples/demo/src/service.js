import { invoice } from './billing.js'
import { Catalog } from './catalog.js'
import { EventLog } from './events.js'
import { Inventory } from './inventory.js'
import { Orders } from './orders.js'
import { salesReport } from './report.js'

/** One warehouse with everything that belongs to it. `now` gives the time in milliseconds. */
export function createService(now) {
  const catalog = new Catalog()
  const inventory = new Inventory()
  const log = new EventLog()
  const orders = new Orders({ catalog, inventory, log })
  const invoices = []
  return {
    catalog,
    inventory,
    log,
    orders,
    invoices,
    order: (customer, lines, voucher) => orders.place({ customer, lines, voucher, at: now() }),
    cancel: (id) => orders.cancel(id, now()),
    ship(id) {
      const bill = invoice(invoices.length + 1, orders.ship(id, now()), now())
      invoices.push(bill)
      return bill
    },
    report: (period) => salesReport(log, period),
  }
}
