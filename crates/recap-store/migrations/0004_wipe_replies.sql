-- A job that is deleted takes with it what was answered about it.
CREATE INDEX recap_replies_job ON recap_replies (job);
