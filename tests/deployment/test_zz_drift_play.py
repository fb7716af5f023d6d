import json, subprocess
from test_deployment_releases import Way, way  # noqa
def test_play(way, tmp_path):
    code, told = way.run("deploy", "-t", "dev"); assert code == 0, told
    def cli(*a):
        d = subprocess.run(["databricks", *a, "-t", "dev"], cwd=way.project, capture_output=True, text=True)
        return d.stdout + d.stderr
    summary = json.loads(cli("bundle","summary","-o","json"))
    root = summary["workspace"]["file_path"]
    base = summary["workspace"]["root_path"]
    print(json.dumps(summary["workspace"], indent=1))
    job = summary["resources"]["jobs"]["daily"]["id"]
    j = way.ask("dev","GET",f"/api/2.2/jobs/get?job_id={job}")
    s = j["settings"]; s["timeout_seconds"]=99; s["tasks"][0]["max_retries"]=5; s["max_concurrent_runs"]=7; s["schedule"]["quartz_cron_expression"]="0 0 6 * * ?"
    s["description"]="by hand"
    way.ask("dev","POST","/api/2.2/jobs/reset",{"job_id":int(job),"new_settings":s})
    print(json.dumps({k:{"action":v.get("action"),"changes":v.get("changes")} for k,v in json.loads(cli("bundle","plan","-o","json"))["plan"].items()},indent=1)); pid=summary["resources"]["pipelines"]["ingest"]["id"]; p=way.ask("dev","GET",f"/api/2.0/pipelines/{pid}")["spec"]; p["channel"]="PREVIEW"; p["configuration"]["extra"]="1"; way.ask("dev","PUT",f"/api/2.0/pipelines/{pid}",p); s["tasks"].append({"task_key":"hand","max_retries":0,"pipeline_task":s["tasks"][1].get("pipeline_task") or {"pipeline_id":pid}}); way.ask("dev","POST","/api/2.2/jobs/reset",{"job_id":int(job),"new_settings":s}); jr=summary["resources"]["jobs"]["replay"]["id"]; way.ask("dev","POST","/api/2.2/jobs/delete",{"job_id":int(jr)}); print(json.dumps({k:{"action":v.get("action"),"changes":v.get("changes")} for k,v in json.loads(cli("bundle","plan","-o","json"))["plan"].items()},indent=1))
    print(json.dumps(way.ask("dev","GET",f"/api/2.0/workspace/list?path={base}/state")))
    print(json.dumps(way.ask("dev","GET",f"/api/2.0/workspace/list?path={root}"))[:1500])
    import base64
    d = way.ask("dev","GET",f"/api/2.0/workspace/export?path={base}/state/deployment.json")
    print(base64.b64decode(d["content"]).decode()[:900])
    import http.client, os
    # change a file by hand
    way.ask("dev","POST","/api/2.0/workspace/import",{"path":f"{root}/sql/gold/daily_sales.sql","format":"AUTO","overwrite":True,"content":base64.b64encode(b"-- hand\n").decode()})
    print(cli("bundle","deploy"))
    print(base64.b64decode(way.ask("dev","GET",f"/api/2.0/workspace/export?path={root}/sql/gold/daily_sales.sql")["content"])[:50])
    print("SYNC", cli("bundle","sync","--full")[-300:])
    print(base64.b64decode(way.ask("dev","GET",f"/api/2.0/workspace/export?path={root}/sql/gold/daily_sales.sql")["content"])[:50])
    open("/tmp/m/drift/validate.json","w").write(cli("bundle","validate","-o","json"))
    assert 0
