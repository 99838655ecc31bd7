"""Reports of a day, a week or a month: the account, its pictures, its page; and the tables and bundles of an export."""
