-- Whether a code state is recorded.
SELECT count(*) FROM code WHERE code = :code
