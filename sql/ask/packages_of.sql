-- A list of packages, as JSON.
SELECT json_group_object(name, version) FROM package WHERE packages = :packages
