INSERT OR REPLACE INTO study_column (
  study, number, kind, name, type, view_column, table_column, state_column, axis, proposed,
  value
) VALUES (
  :study, :number, :kind, :name, :type, :view_column, :table_column, :state_column, :axis, :proposed,
  :value
)
