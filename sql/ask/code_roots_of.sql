-- What is known of the folders of a code state, as JSON.
SELECT record FROM code_root WHERE code = :code ORDER BY root
