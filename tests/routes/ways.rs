//! Receipts, costs and refusals on the market route.
