//! A macro for test doubles of ledgers. Such a test double changes only some methods of the ledger in its field
//! `ledger`.

/// Defines the named methods of a ledger: each calls the same method of the ledger in the field `ledger`.
macro_rules! same_as_inner {
    ($($method:ident),+) => {
        $($crate::setup::ledgers::same_as_inner!(@ $method);)+
    };
    (@ write) => {
        fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
            self.ledger.write(receipt)
        }
    };
    (@ acquire_send) => {
        fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
            self.ledger.acquire_send(id, send, most, span)
        }
    };
    (@ update) => {
        fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
            self.ledger.update(id, update)
        }
    };
    (@ receive) => {
        fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
            self.ledger.receive(callback)
        }
    };
    (@ find) => {
        fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
            self.ledger.find(key)
        }
    };
    (@ unfinished) => {
        fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
            self.ledger.unfinished(after, most)
        }
    };
    (@ claim) => {
        fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
            self.ledger.claim(id, holder, lease)
        }
    };
    (@ release) => {
        fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
            self.ledger.release(id, holder)
        }
    };
}

pub(crate) use same_as_inner;
