-- Tallies of claims by position. What is on record already; db/queries/tallies.sql counts the same from here on.
INSERT INTO tally_changes (dimension, id, sign, codes)
SELECT dimension, id, 1, array_agg(code) FROM (
  SELECT DISTINCT st.quote_id, 10 + variant.ascribed AS dimension, st.claim_id * 16 + st.position AS id,
    tally_code(st.occurred_on, st.occurred_precision, 0) AS code
  FROM stances st CROSS JOIN (VALUES (0), (10)) variant (ascribed)
  WHERE st.recorded_to = 'infinity' AND st.standing = 1 AND (variant.ascribed = 10 OR NOT st.ascribed)) held
GROUP BY dimension, id;
