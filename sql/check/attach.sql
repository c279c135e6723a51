ATTACH :path AS made
