SELECT value, metrics FROM axis_pair WHERE study = :study AND key = :key AND others = :others
